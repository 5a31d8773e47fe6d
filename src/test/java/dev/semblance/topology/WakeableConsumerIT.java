package dev.semblance.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.slots.Inflow;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Against a real broker: what wakes a poll, and what must never meet a wake-up. */
@ExtendWith(BrokerExtension.class)
@Timeout(120)
class WakeableConsumerIT {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int RECORDS = 3_000;

    private final TestBroker broker;

    WakeableConsumerIT(TestBroker broker) {
        this.broker = broker;
    }

    @Test
    void endsAPollThatWaits() throws Exception {
        String topic = topic(1);
        AtomicReference<Inflow> inflow = new AtomicReference<>();
        try (WakeableConsumer consumer = consumer(broker.unique("wake"), inflow::set)) {
            consumer.assign(Set.of(new TopicPartition(topic, 0)));
            consumer.poll(Duration.ofMillis(100));
            assertThat(inflow.get()).isSameAs(consumer);
            Thread waker = Thread.ofVirtual().start(() -> {
                pause(300);
                consumer.wake();
            });
            long startNs = System.nanoTime();
            assertThat(consumer.poll(LONG)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(LONG.dividedBy(2));
            waker.join();

            // Nobody waits: the next poll does not either.
            consumer.wake();
            startNs = System.nanoTime();
            assertThat(consumer.poll(LONG)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(LONG.dividedBy(2));
        }
    }

    @Test
    void noCommitAndNoRebalanceMeetsAWakeUpAndNoRecordIsLost() throws Exception {
        String topic = topic(4);
        String group = broker.unique("group");
        AtomicBoolean ended = new AtomicBoolean();
        Set<String> seen = new HashSet<>();
        try (WakeableConsumer first = consumer(group, _ -> {})) {
            Thread waker = Thread.ofPlatform().daemon().start(() -> {
                while (!ended.get()) {
                    first.wake();
                    Thread.onSpinWait();
                }
            });
            first.subscribe(Set.of(topic), committing(first));
            Thread other = Thread.ofPlatform().start(() -> joinAndLeave(topic, group));
            for (int from = 0; from < RECORDS; from += 100) {
                broker.produce(IntStream.range(from, from + 100).mapToObj(i -> record(topic, i % 4, "k" + i)).toList());
                poll(first, seen);
            }
            for (long giveUpNs = System.nanoTime() + Duration.ofSeconds(90).toNanos(); seen.size() < RECORDS
                    && System.nanoTime() < giveUpNs;) {
                poll(first, seen);
            }
            other.join();
            ended.set(true);
            waker.join();
        }
        assertThat(seen).hasSize(RECORDS);
    }

    private static void poll(WakeableConsumer consumer, Set<String> seen) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
            seen.add(new String(record.key(), StandardCharsets.UTF_8));
        }
        consumer.commitSync();
    }

    /** Commits nothing: the partitions that it takes for a while are given back as they were. */
    private void joinAndLeave(String topic, String group) {
        try (WakeableConsumer second = consumer(group, _ -> {})) {
            second.subscribe(Set.of(topic), committing(second));
            for (int i = 0; i < 40 && second.assignment().isEmpty(); i++) {
                second.poll(Duration.ofMillis(50));
            }
        }
    }

    private static ConsumerRebalanceListener committing(WakeableConsumer consumer) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                partitions.forEach(consumer::position);
                consumer.commitSync(Map.of());
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                consumer.committed(new HashSet<>(partitions));
            }
        };
    }

    @Test
    void aHeldPartitionWaitsWhateverKafkaStreamsResumes() {
        String topic = topic(2);
        TopicPartition held = new TopicPartition(topic, 0);
        TopicPartition free = new TopicPartition(topic, 1);
        try (WakeableConsumer consumer = consumer(broker.unique("hold"), _ -> {})) {
            consumer.assign(List.of(held, free));
            consumer.hold(held);
            broker.produce(List.of(record(topic, 0, "held")));
            broker.produce(List.of(record(topic, 1, "free")));
            consumer.resume(List.of(held, free));
            List<String> keys = new ArrayList<>();
            poll(consumer, keys, 1);
            assertThat(keys).containsExactly("free");
            broker.produce(List.of(record(topic, 1, "free 2")));
            poll(consumer, keys, 2);
            assertThat(keys).containsExactly("free", "free 2");

            consumer.resume(held);
            poll(consumer, keys, 3);
            assertThat(keys).containsExactly("free", "free 2", "held");
        }
    }

    private static void poll(WakeableConsumer consumer, List<String> keys, int until) {
        for (int i = 0; i < 300 && keys.size() < until; i++) {
            consumer.poll(Duration.ofMillis(50)).forEach(r -> keys.add(new String(r.key(), StandardCharsets.UTF_8)));
        }
    }

    private String topic(int partitions) {
        String topic = broker.unique("wakeable");
        broker.createTopic(topic, partitions);
        return topic;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String key) {
        return new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), new byte[]{1});
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WakeableConsumer consumer(String group, java.util.function.Consumer<Inflow> polling) {
        return new WakeableConsumer(Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", group,
                "auto.offset.reset", "earliest", "enable.auto.commit", false, "max.poll.records", 50,
                "session.timeout.ms", 10_000), polling);
    }
}
