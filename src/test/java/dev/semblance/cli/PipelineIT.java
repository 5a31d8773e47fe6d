package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.metrics.Metrics;
import dev.semblance.record.DeadLetter;
import dev.semblance.record.Embedding;
import dev.semblance.record.TextEvent;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both applications, the real model and a real broker: what comes out is what the rules say, for each event once. */
@ExtendWith(BrokerExtension.class)
class PipelineIT {

    private static final Duration PATIENCE = PipelineScenario.PATIENCE;

    private final RecordCodec codec = new RecordCodec();

    @ParameterizedTest
    @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
    void everyEventHasOneFateAndDuplicatesAgreeWithBruteForce(String guarantee, TestBroker broker, @TempDir Path state)
            throws Exception {
        new PipelineScenario(broker, state).everyEventHasOneFate(guarantee, 600);
    }

    @Test
    void aRecordExplainsItselfAndItsVectorIsTheEnginesOwn(TestBroker broker, @TempDir Path state) throws Exception {
        Config config = TestJob.create(broker, state, Map.of(ConfigKey.SOURCE_KEEP, "true"));
        try (Metrics metrics = Metrics.open(null);
                Job job = Job.start(config, metrics);
                LoadedModel alone = LoadedModel.open(config, new SimpleMeterRegistry())) {
            assertThat(job.awaitRunning(PATIENCE)).isTrue();
            String json = "{\"id\":\"e1\",\"text\":\"Storm warning for the coast\",\"user\":\"kay\","
                    + "\"created_at\":\"2026-01-02T03:04:05Z\",\"likes\":7}";
            broker.produce(config.topics().texts(), "k", json);

            ConsumerRecord<byte[], byte[]> record = broker.consume(config.topics().embeddings(), 1, PATIENCE)
                    .getFirst();
            Embedding e = codec.decodeEmbedding(record.value());

            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("e1");
            assertThat(e.event().eventTimeMs()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z").toEpochMilli());
            assertThat(e.event().user()).isEqualTo("kay");
            assertThat(e.event().attributes()).containsEntry("likes", "7");
            assertThat(e.source().topic()).isEqualTo(config.topics().texts());
            assertThat(e.model().id()).isEqualTo("sentence-transformers/all-MiniLM-L6-v2");
            assertThat(e.model().revision()).hasSizeGreaterThanOrEqualTo(16);
            assertThat(e.model().dimension()).isEqualTo(384);
            assertThat(e.preprocessing()).isEqualTo("none");
            assertThat(new String(e.sourceValue(), StandardCharsets.UTF_8)).isEqualTo(json);
            assertThat(Arrays.equals(e.vector(), alone.steps().submit("Storm warning for the coast").vector().join()))
                    .as("bit-identical to the engine alone").isTrue();

            TextEvent unique = codec.decodeTextEvent(
                    broker.consume(config.topics().unique(), 1, PATIENCE).getFirst().value());
            assertThat(unique.text()).isEqualTo("Storm warning for the coast");
            assertThat(unique.attributes()).containsEntry("likes", "7");
        }
    }

    @Test
    void deletesPassThroughAndPurge(TestBroker broker, @TempDir Path state) throws Exception {
        new PipelineScenario(broker, state).deletesPassThroughAndPurge();
    }

    @Test
    void badRecordsBecomeDeadLettersWithTheirOwnCoordinates(TestBroker broker, @TempDir Path state) throws Exception {
        Config config = TestJob.create(broker, state, Map.of());
        try (Metrics metrics = Metrics.open(null); Job job = Job.start(config, metrics)) {
            assertThat(job.awaitRunning(PATIENCE)).isTrue();
            String texts = config.topics().texts();
            byte[] invalidUtf8 = {'h', 'i', (byte) 0xff};
            Map<String, byte[]> bad = new TreeMap<>(Map.of("json", "{\"text\": ".getBytes(StandardCharsets.UTF_8),
                    "empty", new byte[0], "blank", " \t ".getBytes(StandardCharsets.UTF_8), "no-text",
                    "{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_8), "utf8", invalidUtf8, "avro",
                    new byte[]{(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "future",
                    "{\"text\":\"x y\",\"timestamp\":99999999999999}".getBytes(StandardCharsets.UTF_8), "huge",
                    "z".repeat(70_000).getBytes(StandardCharsets.UTF_8)));
            Map<String, Long> offsets = new HashMap<>();
            bad.forEach((key, value) -> offsets.put(key,
                    broker.produce(texts, key.getBytes(StandardCharsets.UTF_8), value).offset()));
            broker.produce(texts, "good", "a perfectly good text");
            broker.produce(config.topics().watches(), "w1", "{\"threshold\":0.8}");
            broker.produce(config.topics().watches(), "w2", "{\"text\":\"fires near the coast\"}");
            broker.produce(config.topics().embeddings(), "foreign", "not an embedding");

            List<ConsumerRecord<byte[], byte[]>> letters = broker.consume(config.topics().deadLetters(),
                    bad.size() + 2, PATIENCE);
            Map<String, String> reasons = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> letter : letters) {
                String key = new String(letter.key(), StandardCharsets.UTF_8);
                reasons.put(key, header(letter, DeadLetter.ERROR_CLASS));
                assertThat(header(letter, DeadLetter.ERROR_MESSAGE)).as(key).isNotBlank();
                if (bad.containsKey(key)) {
                    assertThat(letter.value()).as("bytes of %s", key).isEqualTo(bad.get(key));
                    assertThat(header(letter, DeadLetter.SOURCE_TOPIC)).isEqualTo(texts);
                    assertThat(header(letter, DeadLetter.SOURCE_OFFSET)).isEqualTo(offsets.get(key).toString());
                }
            }
            assertThat(reasons).containsExactlyInAnyOrderEntriesOf(Map.of("json", "MALFORMED", "empty", "EMPTY_TEXT",
                    "blank", "EMPTY_TEXT", "no-text", "MISSING_TEXT", "utf8", "INVALID_UTF8", "avro",
                    "UNKNOWN_SCHEMA", "future", "FUTURE_TIMESTAMP", "huge", "TOO_LARGE", "w1", "MISSING_TEXT",
                    "foreign", "MALFORMED"));
            assertThat(PipelineScenario.keys(broker.consume(config.topics().unique(), 1, PATIENCE)))
                    .containsExactly("good");
            assertThat(codec
                    .decodeWatchVector(broker.consume(config.topics().watchVectors(), 1, PATIENCE).getFirst().value())
                    .watch().text()).isEqualTo("fires near the coast");
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
