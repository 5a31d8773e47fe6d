package dev.semblance.topology;

import static dev.semblance.topology.Letters.utf8;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.WatchVector;
import dev.semblance.text.TextFingerprint;
import dev.semblance.window.WindowEntry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** The detect application without a broker, fed with vectors made by hand. Thread: the test's. */
final class DetectDriver implements AutoCloseable {

    static final long T = Instant.parse("2024-05-01T12:00:00Z").toEpochMilli();
    /** Kafka timestamp of records unless {@link #appendedAt} says otherwise: apart from all event times, which must not depend on it. */
    static final long APPENDED_MS = T + 7_000_000;
    static final ModelIdentity MODEL = new ModelIdentity("test/hand", "a".repeat(64), 4, "mean", true, 64, "fp32");
    private static final Duration PUNCTUATION = Duration.ofMillis(2);

    final MeterRegistry registry = new SimpleMeterRegistry();
    final RecordCodec codec = new RecordCodec();
    private long appendedMs = APPENDED_MS;
    private final ManualClock clock = new ManualClock();
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> embeddings;
    private final TestInputTopic<byte[], byte[]> watchVectors;
    private final TestOutputTopic<byte[], byte[]> alerts;
    private final TestOutputTopic<byte[], byte[]> unique;
    private final TestOutputTopic<byte[], byte[]> deadLetters;

    /** In the order of arrival, unless the options set {@code reorder}. */
    DetectDriver(String... options) {
        ConfigSource source = new ConfigSource().withOption("reorder=0ms");
        for (String option : options) {
            source.withOption(option);
        }
        Config config = source.build();
        driver = new TopologyTestDriver(DetectTopology.build(config, registry, clock), StreamsSettings.detect(config),
                Instant.ofEpochMilli(T));
        embeddings = driver.createInputTopic(config.topics().embeddings(), new ByteArraySerializer(),
                new ByteArraySerializer());
        watchVectors = driver.createInputTopic(config.topics().watchVectors(), new ByteArraySerializer(),
                new ByteArraySerializer());
        alerts = output(config.topics().alerts());
        unique = output(config.topics().unique());
        deadLetters = output(config.topics().deadLetters());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** At that angle from the first axis: the cosine of two such vectors is that of the difference of their angles. */
    static float[] at(double degrees) {
        double angle = Math.toRadians(degrees);
        return new float[]{(float) Math.cos(angle), (float) Math.sin(angle), 0, 0};
    }

    static Embedding embedding(String id, long seconds, String text, float[] vector, ModelIdentity model) {
        return new Embedding(
                new TextEvent(id, text, T + 1000 * seconds, "ann", "en", Map.of("source", "web", "n", "1")),
                new SourcePosition("texts", 0, 0), model, "none", vector, 5, false, TextFingerprint.hash(text),
                TextFingerprint.figures(text), null);
    }

    /** An event some seconds after T. */
    DetectDriver event(String id, long seconds, String text, double degrees) {
        return event(embedding(id, seconds, text, at(degrees), MODEL));
    }

    DetectDriver event(Embedding e) {
        return raw(utf8(e.event().id()), codec.encode(e, VectorEncoding.F32), new RecordHeaders());
    }

    DetectDriver delete(String id) {
        return raw(utf8(id), null, new RecordHeaders());
    }

    DetectDriver raw(byte[] key, byte[] value, Headers headers) {
        embeddings.pipeInput(new TestRecord<>(key, value, headers, Instant.ofEpochMilli(appendedMs)));
        return this;
    }

    /** Kafka timestamp of the records from here on. */
    DetectDriver appendedAt(long ms) {
        appendedMs = ms;
        return this;
    }

    /** An event whose embedding was appended some milliseconds after {@link #APPENDED_MS}. */
    DetectDriver eventAppended(Embedding e, long afterMs) {
        embeddings.pipeInput(new TestRecord<>(utf8(e.event().id()), codec.encode(e, VectorEncoding.F32),
                Instant.ofEpochMilli(APPENDED_MS + afterMs)));
        return this;
    }

    /** A record of the watch vectors, appended some milliseconds after {@link #APPENDED_MS}. */
    DetectDriver watchVector(byte[] key, byte[] value, long afterMs) {
        watchVectors.pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(APPENDED_MS + afterMs)));
        return this;
    }

    DetectDriver watch(WatchVector watch, long afterMs) {
        return watchVector(utf8(watch.watch().id()), codec.encode(watch, VectorEncoding.F32), afterMs);
    }

    /** Lets both clocks run. */
    DetectDriver after(Duration time) {
        clock.advance(time);
        driver.advanceWallClockTime(time);
        return this;
    }

    /** To the next punctuation, which decides what is ready. */
    DetectDriver tick() {
        return after(PUNCTUATION);
    }

    List<TestRecord<byte[], byte[]>> alertRecords() {
        return alerts.readRecordsToList();
    }

    List<Alert> alerts() {
        return alertRecords().stream().map(r -> codec.decodeAlert(r.value())).toList();
    }

    /** {@code KIND event→original} of each new alert. */
    List<String> matches() {
        return alerts().stream().map(a -> a.matchKind() + " " + a.eventId() + "→" + a.originalId()).toList();
    }

    List<TestRecord<byte[], byte[]>> uniqueRecords() {
        return unique.readRecordsToList();
    }

    /** Ids of the new records of the unique topic; {@code -id} for a delete. */
    List<String> unique() {
        return uniqueRecords().stream().map(r -> (r.value() == null ? "-" : "") + utf8(r.key())).toList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    /** Ids of the originals in the window, sorted. */
    List<String> window() {
        KeyValueStore<String, WindowEntry> store = driver.getKeyValueStore("vector-window");
        List<String> ids = new ArrayList<>();
        try (KeyValueIterator<String, WindowEntry> all = store.all()) {
            all.forEachRemaining(entry -> ids.add(entry.key));
        }
        return ids.stream().sorted().toList();
    }

    /** Size of the cluster; null where no copy has been counted. */
    Long clusterSize(String originalId) {
        return driver.<String, Long>getKeyValueStore("clusters").get(originalId);
    }

    int slots() {
        int used = 0;
        try (KeyValueIterator<Integer, byte[]> all = driver.<Integer, byte[]>getKeyValueStore("probes-in-flight")
                .all()) {
            while (all.hasNext()) {
                all.next();
                used++;
            }
        }
        return used;
    }

    double count(String meter) {
        return registry.find(meter).counters().stream().mapToDouble(c -> c.count()).sum();
    }

    double gauge(String meter) {
        return registry.get(meter).gauge().value();
    }

    @Override
    public void close() {
        driver.close();
    }
}
