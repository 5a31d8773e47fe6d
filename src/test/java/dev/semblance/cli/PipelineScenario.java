package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.SyntheticFeed;
import dev.semblance.metrics.Metrics;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.testing.TestBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What both applications with the real model must do on any broker. Each scenario makes topics of its own. */
final class PipelineScenario {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RecordCodec codec = new RecordCodec();
    private final TestBroker broker;
    private final Path state;

    PipelineScenario(TestBroker broker, Path state) {
        this.broker = broker;
        this.state = state;
    }

    /** Copies, retweets, reports that differ in figures and broken records: what comes out is what the rules say. */
    void everyEventHasOneFate(String guarantee, int events) throws Exception {
        Config config = TestJob.create(broker, state,
                Map.of(ConfigKey.PROCESSING_GUARANTEE, guarantee, ConfigKey.REORDER, "8s"));
        List<FeedRecord> feed = new ArrayList<>();
        new SyntheticFeed(7, events, Instant.now()).forEachRemaining(feed::add);
        try (Metrics metrics = Metrics.open(null); Job job = Job.start(config, metrics)) {
            assertThat(job.awaitRunning(PATIENCE)).as("%s", job.health()).isTrue();
            broker.produce(feed.stream()
                    .map(r -> new ProducerRecord<>(config.topics().texts(), r.key(), r.value())).toList());

            List<Embedding> embeddings = new ArrayList<>();
            Map<String, Alert> alerts = new HashMap<>();
            Set<String> unique = new TreeSet<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            long dead = 0;
            while (System.nanoTime() < deadline) {
                dead = broker.consumeAll(config.topics().deadLetters()).size();
                embeddings = broker.consumeAll(config.topics().embeddings()).stream()
                        .map(r -> codec.decodeEmbedding(r.value())).toList();
                boolean complete = embeddings.size() + dead >= feed.size()
                        && unique.size() + alerts.values().stream().filter(Alert::suppressed).count() >= embeddings
                                .size();
                // Read once more after they are complete: a VARIANT has a record in both topics, and one may show later.
                unique = keys(broker.consumeAll(config.topics().unique()));
                alerts = alerts(config);
                if (complete) {
                    break;
                }
                Thread.sleep(500);
            }

            assertThat(embeddings.size() + dead).as("embedded and dead").isEqualTo(feed.size());
            assertThat(dead).as("the feed's broken records").isPositive();
            compareWithBruteForce(config, embeddings, alerts, unique);
        }
    }

    private void compareWithBruteForce(Config config, List<Embedding> embeddings, Map<String, Alert> alerts,
            Set<String> unique) {
        Map<String, BruteForce.Found> expected = BruteForce.run(embeddings, config.detect().threshold(),
                config.detect().window().toMillis());
        assertThat(expected).hasSize(embeddings.size());
        Map<String, String> expectedMatches = new TreeMap<>();
        Map<String, String> actualMatches = new TreeMap<>();
        expected.forEach((id, found) -> {
            if (found != null) {
                expectedMatches.put(id, found.kind() + " of " + found.originalId());
            }
        });
        alerts.forEach((id, alert) -> actualMatches.put(id, alert.matchKind() + " of " + alert.originalId()));
        assertThat(actualMatches).isEqualTo(expectedMatches);
        assertThat(alerts.values()).extracting(Alert::matchKind).contains(MatchKind.EXACT, MatchKind.NEAR,
                MatchKind.VARIANT);
        alerts.forEach((id, alert) -> assertThat(alert.cosine()).as("cosine of %s", id)
                .isCloseTo(expected.get(id).cosine(), within(1e-5)));
        Set<String> expectedUnique = expected.entrySet().stream()
                .filter(e -> e.getValue() == null || e.getValue().kind() == MatchKind.VARIANT).map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(unique).isEqualTo(expectedUnique);
    }

    /** A null value goes on to every topic, and the next copy of a purged original is original itself. */
    void deletesPassThroughAndPurge() throws Exception {
        Config config = TestJob.create(broker, state, Map.of(ConfigKey.REORDER, "0ms"));
        try (Metrics metrics = Metrics.open(null); Job job = Job.start(config, metrics)) {
            assertThat(job.awaitRunning(PATIENCE)).isTrue();
            String text = "The bridge is closed until Monday";
            broker.produce(config.topics().texts(), "a", text);
            broker.consume(config.topics().unique(), 1, PATIENCE);
            broker.produce(config.topics().texts(), "a", (String) null);
            List<ConsumerRecord<byte[], byte[]>> unique = broker.consume(config.topics().unique(), 2, PATIENCE);
            assertThat(unique.get(1).key()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
            assertThat(unique.get(1).value()).isNull();

            broker.produce(config.topics().texts(), "b", text);
            assertThat(keys(broker.consume(config.topics().unique(), 3, PATIENCE)))
                    .as("the copy of a purged original is original itself").contains("b");
            assertThat(broker.table(config.topics().embeddings())).containsOnlyKeys("b");
            assertThat(broker.consumeAll(config.topics().alerts())).isEmpty();
        }
    }

    private Map<String, Alert> alerts(Config config) {
        Map<String, Alert> alerts = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.consumeAll(config.topics().alerts())) {
            Alert alert = codec.decodeAlert(record.value());
            if (alert.kind() == AlertKind.NEAR_DUPLICATE) {
                assertThat(alerts.put(alert.eventId(), alert)).as("a second alert for %s", alert.eventId()).isNull();
            }
        }
        return alerts;
    }

    /** Keys as UTF-8, sorted, each once. */
    static Set<String> keys(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(r -> new String(r.key(), StandardCharsets.UTF_8))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
