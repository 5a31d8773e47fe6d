package dev.semblance.topology;

import static dev.semblance.topology.Letters.utf8;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.embed.EmbedProcessors;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.record.Embedding;
import dev.semblance.text.FakeTokenizer;
import dev.semblance.text.Preprocessing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

/** The embed application on a scripted engine, without a broker. Thread: the test's. */
final class EmbedDriver implements AutoCloseable {

    static final long T = Instant.parse("2024-05-01T12:00:00Z").toEpochMilli();
    private static final Duration PUNCTUATION = Duration.ofMillis(2);

    final ScriptedEngine engine = new ScriptedEngine();
    final MeterRegistry registry = new SimpleMeterRegistry();
    final RecordCodec codec = new RecordCodec();
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> texts;
    private final TestInputTopic<byte[], byte[]> watches;
    private final TestOutputTopic<byte[], byte[]> embeddings;
    private final TestOutputTopic<byte[], byte[]> watchVectors;
    private final TestOutputTopic<byte[], byte[]> deadLetters;

    EmbedDriver(String... options) {
        ConfigSource source = new ConfigSource();
        for (String option : options) {
            source.withOption(option);
        }
        Config config = source.build();
        EmbeddingSteps steps = new EmbeddingSteps(new FakeTokenizer(ScriptedEngine.MODEL.maxTokens()), engine,
                Preprocessing.NONE);
        driver = new TopologyTestDriver(
                EmbedTopology.build(config, new EmbedProcessors(config, steps, registry)),
                StreamsSettings.embed(config), Instant.ofEpochMilli(T));
        texts = input(config.topics().texts());
        watches = input(config.topics().watches());
        embeddings = output(config.topics().embeddings());
        watchVectors = output(config.topics().watchVectors());
        deadLetters = output(config.topics().deadLetters());
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A record of the texts topic, stamped a second after T for each number. */
    EmbedDriver text(int number, String key, String value) {
        return text(number, key, value, new RecordHeaders());
    }

    EmbedDriver text(int number, String key, String value, Headers headers) {
        return text(number, utf8(key), utf8(value), headers);
    }

    EmbedDriver text(int number, byte[] key, byte[] value, Headers headers) {
        texts.pipeInput(new TestRecord<>(key, value, headers, time(number)));
        return this;
    }

    EmbedDriver watch(int number, String key, String value) {
        watches.pipeInput(new TestRecord<>(utf8(key), utf8(value), new RecordHeaders(), time(number)));
        return this;
    }

    private static Instant time(int number) {
        return Instant.ofEpochMilli(T + 1000L * number);
    }

    /** Lets the wall clock run to the next punctuation. */
    EmbedDriver tick() {
        driver.advanceWallClockTime(PUNCTUATION);
        return this;
    }

    List<TestRecord<byte[], byte[]>> embeddings() {
        return embeddings.readRecordsToList();
    }

    List<String> embeddedKeys() {
        return embeddings().stream().map(r -> utf8(r.key())).toList();
    }

    /** The one new record of the embeddings topic. */
    Embedding embedding() {
        return codec.decodeEmbedding(embeddings.readRecord().value());
    }

    List<TestRecord<byte[], byte[]>> watchVectors() {
        return watchVectors.readRecordsToList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    TestRecord<byte[], byte[]> deadLetter() {
        return deadLetters.readRecord();
    }

    boolean nothingForwarded() {
        return embeddings.isEmpty() && deadLetters.isEmpty() && watchVectors.isEmpty();
    }

    /** Numbers of the slots in use. */
    List<Integer> slots(String storeName) {
        KeyValueStore<Integer, byte[]> store = driver.getKeyValueStore(storeName);
        List<Integer> used = new ArrayList<>();
        try (KeyValueIterator<Integer, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> used.add(entry.key));
        }
        return used;
    }

    @Override
    public void close() {
        driver.close();
    }
}
