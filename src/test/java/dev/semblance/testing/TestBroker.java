package dev.semblance.testing;

import dev.semblance.local.LocalBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker for integration tests, with what tests do to it. Byte records in and out, so that nothing is hidden by a
 * serialiser. Thread: any; topics are apart as long as their names are.
 */
public final class TestBroker implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final String bootstrapServers;
    private final AutoCloseable owned;
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;

    /** Closes the broker with itself. */
    TestBroker(LocalBroker broker) {
        this(broker.bootstrapServers(), broker);
    }

    private TestBroker(String bootstrapServers, AutoCloseable owned) {
        this.bootstrapServers = bootstrapServers;
        this.owned = owned;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "max.request.size", 16 << 20),
                new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A broker that someone else started and will stop. */
    public static TestBroker at(String bootstrapServers) {
        return new TestBroker(bootstrapServers, () -> {});
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Shared by all tests of the JVM. */
    public Admin admin() {
        return admin;
    }

    /** A name that no other test of this JVM uses: for topics, groups and application ids. */
    public static String unique(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    /** Makes a topic; returns its name. */
    public String createTopic(String name, int partitions) {
        return createTopic(name, partitions, Map.of());
    }

    /** Makes a topic; returns its name. */
    public String createTopic(String name, int partitions, Map<String, String> config) {
        get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(config))).all());
        return name;
    }

    /** Sends one record, to the partition of its key's hash, and waits until it is written. */
    public RecordMetadata produce(String topic, byte[] key, byte[] value) {
        return produce(List.of(new ProducerRecord<>(topic, key, value))).getFirst();
    }

    /** The same for UTF-8; null stays null. */
    public RecordMetadata produce(String topic, String key, String value) {
        return produce(topic, bytes(key), bytes(value));
    }

    /** Sends records in their order and waits until all are written. */
    public List<RecordMetadata> produce(Collection<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
        records.forEach(r -> sent.add(producer.send(r)));
        producer.flush();
        return sent.stream().map(TestBroker::get).toList();
    }

    /**
     * Reads a topic from its beginning, committed transactions only, until there are n records or the time is up;
     * records beyond n that came along are returned too. By partition and offset.
     */
    public List<ConsumerRecord<byte[], byte[]>> consume(String topic, int n, Duration timeout) {
        try (Consumer<byte[], byte[]> consumer = consumer(topic)) {
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            long deadlineNs = System.nanoTime() + timeout.toNanos();
            while (found.size() < n && System.nanoTime() - deadlineNs < 0) {
                consumer.poll(Duration.ofMillis(50)).forEach(found::add);
            }
            return inOrder(found);
        }
    }

    /** Everything that is committed in a topic now. Open transactions are not waited for. By partition and offset. */
    public List<ConsumerRecord<byte[], byte[]>> consumeAll(String topic) {
        try (Consumer<byte[], byte[]> consumer = consumer(topic)) {
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            // Under read_committed these are the ends of what is decided.
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(Duration.ofMillis(50)).forEach(found::add);
            }
            return inOrder(found);
        }
    }

    /** A consumer of all partitions from the beginning, in no group, committed transactions only. The caller closes it. */
    public Consumer<byte[], byte[]> consumer(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest", "enable.auto.commit", false),
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    /** The last record of each key, tombstones left out: what a compacted topic means. Keys as UTF-8. */
    public Map<String, byte[]> table(String topic) {
        Map<String, byte[]> table = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : consumeAll(topic)) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                table.remove(key);
            } else {
                table.put(key, record.value());
            }
        }
        return table;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
        try {
            owned.close();
        } catch (Exception e) {
            throw new IllegalStateException("the test broker at " + bootstrapServers + " does not stop", e);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> inOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        records.sort((a, b) -> a.partition() != b.partition()
                ? Integer.compare(a.partition(), b.partition())
                : Long.compare(a.offset(), b.offset()));
        return records;
    }

    private static byte[] bytes(String s) {
        return s == null ? null : s.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the test broker refused: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
