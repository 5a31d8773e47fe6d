package dev.semblance.cli;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.MatchKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the output topics as any downstream consumer would (read committed) and counts. What the demo's summary says
 * is what came out of Kafka, not what the program believes to have done.
 *
 * <p>Thread: a thread of its own; counts are read by any.
 */
final class DemoObserver implements AutoCloseable {

    /** Counts so far. */
    record Counts(long embedded, long deadLetters, long unique, long alerts, long suppressed,
            Map<MatchKind, Long> kinds) {}

    private final Config.Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final RecordCodec codec = new RecordCodec();
    private final Consumer<Alert> onAlert;
    private final Thread thread;
    private final Map<String, Long> sentNs = new ConcurrentHashMap<>();
    /** Guarded by this. */
    private final Histogram latencyMicros = new Histogram(3);
    /** Guarded by this. */
    private final Map<MatchKind, Long> kinds = new EnumMap<>(MatchKind.class);
    /** Guarded by this. */
    private long embedded;
    /** Guarded by this. */
    private long deadLetters;
    /** Guarded by this. */
    private long unique;
    /** Guarded by this. */
    private long alerts;
    /** Guarded by this. */
    private long suppressed;
    /** Guarded by this. */
    private RuntimeException failure;
    private volatile boolean stopped;

    /** @param onAlert called on the observer's thread for each alert */
    DemoObserver(Config config, Consumer<Alert> onAlert) {
        this.topics = config.topics();
        this.onAlert = onAlert;
        this.consumer = KafkaClients.consumer(config.kafka(), "semblance-demo-observer");
        this.thread = Thread.ofPlatform().daemon().name("demo-observer").unstarted(this::run);
    }

    void start() {
        List<TopicPartition> partitions = List
                .of(topics.embeddings(), topics.deadLetters(), topics.unique(), topics.alerts()).stream()
                .flatMap(t -> consumer.partitionsFor(t).stream())
                .map(i -> new TopicPartition(i.topic(), i.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // seekToEnd is lazy: settle the positions before the first event is sent.
        partitions.forEach(consumer::position);
        thread.start();
    }

    /** Latency of an event counts from here to its committed embedding. */
    void sent(String eventId) {
        sentNs.putIfAbsent(eventId, System.nanoTime());
    }

    private void run() {
        try (consumer) {
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                    observe(record);
                }
            }
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private void observe(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.alerts())) {
            Alert alert = codec.decodeAlert(record.value());
            onAlert.accept(alert);
            count(alert);
        } else if (record.topic().equals(topics.embeddings())) {
            embedded(record);
        } else if (record.topic().equals(topics.deadLetters())) {
            synchronized (this) {
                deadLetters++;
            }
        } else if (record.value() != null) {
            synchronized (this) {
                unique++;
            }
        }
    }

    private synchronized void count(Alert alert) {
        alerts++;
        // A BURST is about an event that has an alert of its own.
        if (alert.kind() == AlertKind.NEAR_DUPLICATE) {
            kinds.merge(alert.matchKind(), 1L, Long::sum);
            suppressed += alert.suppressed() ? 1 : 0;
        }
    }

    private synchronized void embedded(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        embedded++;
        Long start = sentNs.remove(new String(record.key(), StandardCharsets.UTF_8));
        if (start != null) {
            latencyMicros.recordValue((System.nanoTime() - start) / 1_000);
        }
    }

    /** @throws RuntimeException where reading failed */
    synchronized Counts counts() {
        if (failure != null) {
            throw failure;
        }
        return new Counts(embedded, deadLetters, unique, alerts, suppressed, Map.copyOf(kinds));
    }

    synchronized double latencyMs(double percentile) {
        return latencyMicros.getValueAtPercentile(percentile) / 1_000.0;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
