package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.ChildProgram;
import dev.semblance.testing.TestBroker;
import dev.semblance.text.TextFingerprint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Eight shards under exactly-once, killed in the middle of their work: what comes out is what one shard would give. */
@ExtendWith(BrokerExtension.class)
class ShardedPipelineIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ModelIdentity MODEL = new ModelIdentity("test/hand", "b".repeat(64), 64, "mean", true, 64,
            "fp32");

    private final RecordCodec codec = new RecordCodec();

    private static Map<String, String> options(TestBroker broker, Path state, String mode) {
        Map<String, String> options = TestJob.options(broker, state,
                Map.of(ConfigKey.ROLE, "detect", ConfigKey.WINDOW_SHARDS, "8",
                        ConfigKey.DETECT_THREADS, "3", ConfigKey.DETECT_MODE, mode, ConfigKey.REORDER, "3s",
                        ConfigKey.BURST_STEPS, "10,20,30"));
        // What a killed process leaves open blocks readers for as long.
        options.put("producer.transaction.timeout.ms", "6000");
        return options;
    }

    /** Texts of their own, copies, near copies and variants in figures, spread over partitions by id. */
    private static List<Embedding> events(int count, int topics, Random random) {
        List<Embedding> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int topic = random.nextInt(topics);
            Random fixed = new Random(topic);
            boolean exact = random.nextInt(3) > 0;
            float[] vector = new float[MODEL.dimension()];
            for (int j = 0; j < vector.length; j++) {
                vector[j] = (float) (fixed.nextGaussian() + (exact ? 0 : 0.1 * random.nextGaussian()));
            }
            int figure = random.nextInt(12) == 0 ? random.nextInt(3) : 7;
            String text = "topic " + word(topic) + " at " + figure + (exact ? "" : " said " + word(i));
            events.add(new Embedding(new TextEvent("e" + i, text, 1_700_000_000_000L + i * 100L, "u", "en", Map.of()),
                    new SourcePosition("texts", 0, i), MODEL, "none", vector, 5, false, TextFingerprint.hash(text),
                    TextFingerprint.figures(text), null));
        }
        return events;
    }

    /** Without figures, which would make a variant of it. */
    private static String word(int n) {
        return Integer.toString(n, 26).chars().mapToObj(c -> (char) ('a' + Character.digit(c, 26)))
                .map(String::valueOf).collect(Collectors.joining());
    }

    private void produce(TestBroker broker, Config config, List<Embedding> events) {
        broker.produce(events.stream()
                .map(e -> new ProducerRecord<>(config.topics().embeddings(),
                        e.event().id().getBytes(StandardCharsets.UTF_8), codec.encode(e, VectorEncoding.F32)))
                .toList());
    }

    private static ChildProgram start(Map<String, String> options, Path state) {
        List<String> arguments = new ArrayList<>(List.of("run"));
        options.forEach((k, v) -> arguments.addAll(
                List.of("-o", k + "=" + (k.equals(ConfigKey.STATE_DIR.key()) ? state.toString() : v))));
        return ChildProgram.start(arguments);
    }

    /** Waits until so many records are committed. */
    private static void await(TestBroker broker, String topic, int records, ChildProgram run) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int found;
        while ((found = broker.consumeAll(topic).size()) < records) {
            assertThat(run.isAlive()).as("the program ended: %s", run.output()).isTrue();
            assertThat(System.nanoTime()).as("%d records in %s after %s: %s", found, topic, PATIENCE, run.output())
                    .isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    @Test
    void oneOfTwoProcessesIsKilledAndTheOtherGoesOn(TestBroker broker, @TempDir Path state) throws Exception {
        Map<String, String> options = options(broker, state, "dedup");
        Config config = TestJob.config(options);
        TestJob.createTopics(broker, config);
        List<Embedding> events = events(6_000, 250, new Random(3));
        Map<String, BruteForce.Found> expected = BruteForce.run(events, 0.9, config.detect().window().toMillis());
        Set<String> expectedUnique = expected.entrySet().stream()
                .filter(e -> e.getValue() == null || e.getValue().kind() == MatchKind.VARIANT).map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        long copies = expected.values().stream().filter(f -> f != null).count();
        produce(broker, config, events);

        try (ChildProgram first = start(options, state.resolve("1"));
                ChildProgram second = start(options, state.resolve("2"))) {
            await(broker, config.topics().unique(), 20, first);
            second.kill();
            assertThat(broker.consumeAll(config.topics().unique())).as("killed in the middle")
                    .hasSizeLessThan(expectedUnique.size());
            await(broker, config.topics().unique(), expectedUnique.size(), first);
            await(broker, config.topics().alerts(), Math.toIntExact(copies), first);
            assertThat(first.terminate(Duration.ofSeconds(30))).as("exit code: %s", first.output()).isIn(0, 143);
        }

        assertThat(broker.consumeAll(config.topics().unique()).stream()
                .map(r -> new String(r.key(), StandardCharsets.UTF_8)).sorted().toList())
                .as("unique, each once").isEqualTo(List.copyOf(expectedUnique));
        compareAlerts(alerts(broker, config), expected);
        assertThat(broker.consumeAll(config.topics().control())).as("mail between the shards").isNotEmpty();
    }

    private List<Alert> alerts(TestBroker broker, Config config) {
        return broker.consumeAll(config.topics().alerts()).stream().map(ConsumerRecord::value).map(codec::decodeAlert)
                .toList();
    }

    private static void compareAlerts(List<Alert> alerts, Map<String, BruteForce.Found> expected) {
        Map<String, String> actualMatches = new TreeMap<>();
        Map<String, String> expectedMatches = new TreeMap<>();
        Map<String, List<Long>> sizes = new HashMap<>();
        List<String> bursts = new ArrayList<>();
        for (Alert a : alerts) {
            if (a.kind() == AlertKind.BURST) {
                bursts.add(a.originalId() + " " + a.clusterSize());
                continue;
            }
            assertThat(a.cosine()).isCloseTo(expected.get(a.eventId()).cosine(), within(1e-4));
            assertThat(actualMatches.put(a.eventId(), a.matchKind() + " of " + a.originalId() + " " + a.suppressed()))
                    .as("a second alert for %s", a.eventId()).isNull();
            sizes.computeIfAbsent(a.originalId(), _ -> new ArrayList<>()).add(a.clusterSize());
        }
        expected.forEach((id, found) -> {
            if (found != null) {
                expectedMatches.put(id,
                        found.kind() + " of " + found.originalId() + " " + (found.kind() != MatchKind.VARIANT));
            }
        });
        assertThat(actualMatches).as("recall and precision").isEqualTo(expectedMatches);
        List<String> expectedBursts = new ArrayList<>();
        sizes.forEach((id, told) -> {
            assertThat(told).as("sizes of the cluster of %s", id).doesNotHaveDuplicates()
                    .contains(told.size() + 1L).allMatch(size -> size >= 2 && size <= told.size() + 1);
            List.of(10, 20, 30).stream().filter(step -> step <= told.size() + 1)
                    .forEach(step -> expectedBursts.add(id + " " + step));
        });
        assertThat(bursts).as("each burst once").containsExactlyInAnyOrderElementsOf(expectedBursts).isNotEmpty();
    }

    @Test
    void pairsAreThoseOfOneShard(TestBroker broker, @TempDir Path state) throws Exception {
        Map<String, String> options = options(broker, state, "pairs");
        Config config = TestJob.config(options);
        TestJob.createTopics(broker, config);
        List<Embedding> events = events(2_500, 300, new Random(4));
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < events.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (BruteForce.cosine(events.get(i).vector(), events.get(j).vector()) >= 0.9) {
                    expected.add(events.get(j).event().id() + "–" + events.get(i).event().id());
                }
            }
        }
        produce(broker, config, events);

        try (ChildProgram run = start(options, state)) {
            await(broker, config.topics().alerts(), 50, run);
            run.kill();
        }
        assertThat(broker.consumeAll(config.topics().alerts())).as("killed in the middle")
                .hasSizeLessThan(expected.size());
        try (ChildProgram run = start(options, state)) {
            await(broker, config.topics().alerts(), expected.size(), run);
            await(broker, config.topics().unique(), events.size(), run);
            assertThat(run.terminate(Duration.ofSeconds(30))).as("exit code: %s", run.output()).isIn(0, 143);
        }

        List<String> pairs = alerts(broker, config).stream().map(a -> a.originalId() + "–" + a.eventId()).toList();
        assertThat(pairs).as("each pair once").doesNotHaveDuplicates();
        assertThat(new TreeSet<>(pairs)).isEqualTo(expected);
        assertThat(broker.consumeAll(config.topics().unique()).stream()
                .map(r -> new String(r.key(), StandardCharsets.UTF_8))).as("unique, each once").doesNotHaveDuplicates()
                .hasSize(events.size());
    }
}
