package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.metrics.Metrics;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TextHash;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.ChildProgram;
import dev.semblance.testing.TestBroker;
import dev.semblance.vector.VectorKernels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Watches on a real broker: by the commands, with the real model; and over a kill, by the rule of append times. */
@ExtendWith(BrokerExtension.class)
class WatchIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int DIMENSION = 32;
    private static final ModelIdentity MODEL = new ModelIdentity("test/hand", "d".repeat(64), DIMENSION, "mean", true,
            64, "fp32");

    private final RecordCodec codec = new RecordCodec();

    private static Cli run(Map<String, String> options, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        options.forEach((k, v) -> all.addAll(List.of("-o", k + "=" + v)));
        return Cli.run(all.toArray(String[]::new));
    }

    private List<Alert> watchAlerts(TestBroker broker, Config config) {
        return broker.consumeAll(config.topics().alerts()).stream().map(r -> codec.decodeAlert(r.value()))
                .filter(a -> a.kind() == AlertKind.WATCH).toList();
    }

    private void awaitLive(Metrics metrics, int watches) throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (metrics.registry().get("semblance.watch.live").gauge().value() != watches) {
            assertThat(System.nanoTime() - deadlineNs).as("%d watches in force", watches).isNegative();
            Thread.sleep(20);
        }
    }

    private List<String> awaitAlerts(TestBroker broker, Config config, int count) throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        List<Alert> alerts = watchAlerts(broker, config);
        while (alerts.size() < count && System.nanoTime() - deadlineNs < 0) {
            Thread.sleep(50);
            alerts = watchAlerts(broker, config);
        }
        return alerts.stream().map(a -> a.eventId() + "→" + a.originalId() + " " + a.threshold() + " " + a.labels())
                .sorted().toList();
    }

    private void awaitFates(TestBroker broker, Config config, int count) throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (fates(broker, config) < count) {
            assertThat(System.nanoTime() - deadlineNs).as("%d events decided", count).isNegative();
            Thread.sleep(50);
        }
    }

    @Test
    void addedChangedAndRemovedWhileRunningAndKeptOverARestart(TestBroker broker, @TempDir Path folder)
            throws Exception {
        Map<String, String> options = TestJob.options(broker, folder, Map.of(ConfigKey.REORDER, "0ms"));
        Config config = TestJob.config(options);
        TestJob.createTopics(broker, config);
        String texts = config.topics().texts();
        try (Metrics metrics = Metrics.open(null); Job job = Job.start(config, metrics)) {
            assertThat(job.awaitRunning(PATIENCE)).isTrue();
            broker.produce(texts, "before", "A storm warning was issued for the coast");
            awaitFates(broker, config, 1);

            assertThat(run(options, "watch", "add", "storm", "storm warning for the coast", "--threshold", "0.7",
                    "--label", "weather").err()).startsWith("sent 1 watch to '");
            Path file = Files.writeString(folder.resolve("w.jsonl"),
                    "{\"id\":\"cats\",\"text\":\"sleeping cats\",\"threshold\":0.5}\n\n"
                            + "{\"id\":\"exact\",\"text\":\"The bridge is closed\"}\n");
            assertThat(run(options, "watch", "add", "--file", file.toString()).code()).isZero();
            awaitLive(metrics, 3);
            broker.produce(texts, "e1", "Storm warning issued for the whole coast");
            broker.produce(texts, "e2", "Quarterly results beat expectations");
            broker.produce(texts, "e3", "The bridge is closed");
            broker.produce(texts, "e4", "The bridge is closed");
            assertThat(awaitAlerts(broker, config, 3)).containsExactly("e1→storm 0.7 [weather]", "e3→exact 0.9 []",
                    "e4→exact 0.9 []");

            JsonNode listed = new ObjectMapper()
                    .readTree(run(options, "watch", "list", "--json").out().lines().toList().get(2));
            assertThat(listed.get("id").asText()).isEqualTo("storm");
            assertThat(listed.get("labels").get(0).asText()).isEqualTo("weather");
            assertThat(listed.get("since_ms").asLong()).isPositive();
            assertThat(listed.get("model").asText()).startsWith("sentence-transformers/all-MiniLM-L6-v2@");

            assertThat(run(options, "watch", "remove", "exact").err()).isEqualTo("removed exact\n");
            awaitLive(metrics, 2);
            broker.produce(texts, "e5", "The bridge is closed");
            awaitFates(broker, config, 6);
        }
        try (Metrics metrics = Metrics.open(null); Job job = Job.start(config, metrics)) {
            assertThat(job.awaitRunning(PATIENCE)).isTrue();
            awaitLive(metrics, 2);
            broker.produce(texts, "e6", "Two cats are sleeping on the sofa");
            assertThat(awaitAlerts(broker, config, 4)).contains("e6→cats 0.5 []").hasSize(4);
            assertThat(run(options, "watch", "remove", "nobody").err()).contains("there is no watch nobody");
            assertThat(run(options, "tail", "alerts", "--timeout", "1s").out())
                    .contains(" WATCH ", "e1 ~ storm [weather]  Storm warning");
        }
    }

    /** Detect alone, on vectors made here: killed while it has a backlog, and watches change before it comes back. */
    @Test
    void overAKillEveryEventMeetsTheVersionsThatWereInForceAtItsAppend(TestBroker broker, @TempDir Path state)
            throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, String> options = TestJob.options(broker, state, Map.of(ConfigKey.ROLE, "detect",
                ConfigKey.REORDER, "0ms", ConfigKey.COMMIT_INTERVAL, "100ms"));
        // What the kill leaves open is aborted that much later.
        options.put("producer.transaction.timeout.ms", "5000");
        Config config = TestJob.config(options);
        TestJob.createTopics(broker, config);
        List<float[]> topics = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            topics.add(gaussian(random));
        }
        broker.produce(embeddings(config, random, topics, 0, 200));
        for (int i = 0; i < 30; i++) {
            put(broker, config, "w" + i, near(random, topics.get(i % 15), 0.97), 0.5 + 0.4 * random.nextDouble());
        }
        broker.produce(embeddings(config, random, topics, 200, 3_000));
        List<String> arguments = new ArrayList<>(List.of("run"));
        options.forEach((k, v) -> arguments.addAll(List.of("-o", k + "=" + v)));
        try (ChildProgram run = ChildProgram.start(arguments)) {
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (watchAlerts(broker, config).isEmpty()) {
                assertThat(run.isAlive() && System.nanoTime() - deadlineNs < 0).as(run.output()).isTrue();
                Thread.sleep(20);
            }
            run.kill();
        }
        int before = watchAlerts(broker, config).size();
        for (int i = 0; i < 10; i++) {
            put(broker, config, "w" + i, near(random, topics.get(random.nextInt(15)), 0.97), 0.9);
        }
        for (int i = 10; i < 15; i++) {
            broker.produce(config.topics().watchVectors(), "w" + i, (String) null);
        }
        put(broker, config, "new", topics.getFirst(), 0.6);
        broker.produce(embeddings(config, random, topics, 3_000, 3_300));

        Map<String, Integer> expected = expected(broker, config);
        try (ChildProgram run = ChildProgram.start(arguments)) {
            int count = expected.values().stream().mapToInt(Integer::intValue).sum();
            assertThat(before).as("seed %d: killed before the end", seed).isLessThan(count);
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (fates(broker, config) < 3_300) {
                assertThat(run.isAlive() && System.nanoTime() - deadlineNs < 0).as(run.output()).isTrue();
                Thread.sleep(100);
            }
            assertThat(run.terminate(Duration.ofSeconds(60))).isIn(0, 143);
        }
        Map<String, Integer> actual = new TreeMap<>();
        watchAlerts(broker, config).forEach(a -> actual.merge(line(a.eventId(), a.originalId(), a.originalTimeMs()), 1,
                Integer::sum));
        assertThat(actual).as("seed %d", seed).isEqualTo(expected);
        assertThat(actual.keySet()).as("seed %d", seed).anyMatch(l -> l.contains("→new since")).noneMatch(
                l -> Integer.parseInt(l.substring(1, l.indexOf('→'))) < 200);
    }

    private long fates(TestBroker broker, Config config) {
        return broker.consumeAll(config.topics().unique()).size()
                + broker.consumeAll(config.topics().alerts()).stream().map(r -> codec.decodeAlert(r.value()))
                        .filter(a -> a.kind() == AlertKind.NEAR_DUPLICATE && a.suppressed()).count();
    }

    /** The rule, worked out from what is in both topics: {@code event→watch since append time} → once. */
    private Map<String, Integer> expected(TestBroker broker, Config config) {
        record Version(long fromMs, WatchVector watch) {}
        Map<String, List<Version>> versions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> r : broker.consumeAll(config.topics().watchVectors())) {
            versions.computeIfAbsent(new String(r.key(), StandardCharsets.UTF_8), _ -> new ArrayList<>())
                    .add(new Version(r.timestamp(), r.value() == null ? null : codec.decodeWatchVector(r.value())));
        }
        Map<String, Integer> expected = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> r : broker.consumeAll(config.topics().embeddings())) {
            Embedding e = codec.decodeEmbedding(r.value());
            versions.forEach((id, all) -> all.stream().filter(v -> v.fromMs() <= r.timestamp())
                    .reduce((_, later) -> later).filter(v -> v.watch() != null)
                    .filter(v -> VectorKernels.cosine(e.vector(), v.watch().vector()) >= v.watch().watch().threshold()
                            .floatValue())
                    .ifPresent(v -> expected.put(line(e.event().id(), id, v.fromMs()), 1)));
        }
        return expected;
    }

    private static String line(String event, String watch, long sinceMs) {
        return event + "→" + watch + " since " + sinceMs;
    }

    private void put(TestBroker broker, Config config, String id, float[] vector, double threshold) {
        broker.produce(config.topics().watchVectors(), id.getBytes(StandardCharsets.UTF_8),
                codec.encode(new WatchVector(new Watch(id, "about " + id, threshold, List.of()), MODEL, vector),
                        VectorEncoding.F32));
    }

    private List<ProducerRecord<byte[], byte[]>> embeddings(Config config, Random random, List<float[]> topics,
            int from, int to) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            float[] v = near(random, topics.get(random.nextInt(topics.size())), 0.6 + 0.3 * random.nextDouble());
            Embedding e = new Embedding(new TextEvent("e" + i, null, 1_700_000_000_000L + i, null, null, Map.of()),
                    new SourcePosition("texts", 0, i), MODEL, "none", v, 3, false, new TextHash(i, i), 0, null);
            records.add(new ProducerRecord<>(config.topics().embeddings(),
                    e.event().id().getBytes(StandardCharsets.UTF_8), codec.encode(e, VectorEncoding.F32)));
        }
        return records;
    }

    private static float[] gaussian(Random random) {
        float[] v = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return VectorKernels.normalised(v);
    }

    private static float[] near(Random random, float[] unit, double cosine) {
        float[] noise = gaussian(random);
        float[] mixed = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            mixed[i] = (float) (cosine * unit[i] + Math.sqrt(1 - cosine * cosine) * noise[i]);
        }
        return VectorKernels.normalised(mixed);
    }
}
