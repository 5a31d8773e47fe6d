package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.ChildProgram;
import dev.semblance.testing.TestBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} in a child process, killed in the middle of its work: nothing is lost and nothing comes twice. */
@ExtendWith(BrokerExtension.class)
class CrashIT {

    private static final int EVENTS = 1_500;
    private static final int KILLS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final RecordCodec codec = new RecordCodec();

    @Test
    void exactlyOnceOverKills(TestBroker broker, @TempDir Path state) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, String> options = TestJob.options(broker, state, Map.of(ConfigKey.CACHE_MAX_BYTES, "0"));
        Config config = TestJob.config(options);
        TestJob.createTopics(broker, config);
        broker.produce(events(config.topics().texts(), random));

        for (int kill = 0; kill < KILLS; kill++) {
            int before = broker.consumeAll(config.topics().embeddings()).size();
            try (ChildProgram run = ChildProgram.start(arguments(options))) {
                awaitMore(broker, config, before + 50 + random.nextInt(200), run);
                run.kill();
            }
        }
        assertThat(broker.consumeAll(config.topics().embeddings()).size()).as("seed %d: killed mid-stream", seed)
                .isLessThan(EVENTS);
        try (ChildProgram run = ChildProgram.start(arguments(options))) {
            awaitMore(broker, config, EVENTS, run);
            awaitVerdicts(broker, config, run);
            assertThat(run.terminate(Duration.ofSeconds(60))).as("exit code after SIGTERM: %s", run.output())
                    .isIn(0, 143);
        }
        check(broker, config, seed);
    }

    /** Distinct texts with a copy every tenth, in partitions by key. */
    private static List<ProducerRecord<byte[], byte[]>> events(String topic, Random random) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            int said = i % 10 == 9 ? i - 1 - random.nextInt(8) : i;
            String json = "{\"id\":\"e" + i + "\",\"timestamp\":" + (1_700_000_000_000L + i * 1_000L)
                    + ",\"text\":\"" + sentence(said) + "\"}";
            records.add(new ProducerRecord<>(topic, ("e" + i).getBytes(StandardCharsets.UTF_8),
                    json.getBytes(StandardCharsets.UTF_8)));
        }
        return records;
    }

    /** Different for each number, and far from the others in meaning as short sentences go. */
    private static String sentence(int n) {
        String[] who = {"The harbour master", "A choir", "My neighbour", "The night shift", "An old farmer",
                "The committee", "A young surgeon", "Their goalkeeper", "The lighthouse crew", "A retired pilot"};
        String[] does = {"repaired", "auctioned", "forgot", "painted", "measured", "rescued", "smuggled",
                "photographed",
                "insured", "buried"};
        String[] what = {"a wooden bridge", "seven violins", "the tax records", "a flock of geese", "an ice machine",
                "the chapel roof", "a stolen satellite dish", "two sleeping cats", "the winter timetable",
                "a barrel of honey"};
        String[] where = {"in Lisbon", "under the motorway", "before breakfast", "during the strike"};
        return who[n % 10] + " " + does[n / 10 % 10] + " " + what[n / 100 % 10] + " " + where[n / 1000 % 4];
    }

    private static List<String> arguments(Map<String, String> options) {
        List<String> arguments = new ArrayList<>(List.of("run"));
        options.forEach((k, v) -> arguments.addAll(List.of("-o", k + "=" + v)));
        return arguments;
    }

    private static void awaitMore(TestBroker broker, Config config, int target, ChildProgram run) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (broker.consumeAll(config.topics().embeddings()).size() < target) {
            assertThat(run.isAlive()).as("the program ended: %s", run.output()).isTrue();
            assertThat(System.nanoTime()).as("embeddings after %s: %s", PATIENCE, run.output()).isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    private void awaitVerdicts(TestBroker broker, Config config, ChildProgram run) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (broker.consumeAll(config.topics().unique()).size() + suppressed(broker, config) < EVENTS) {
            assertThat(System.nanoTime()).as("verdicts after %s: %s", PATIENCE, run.output()).isLessThan(deadline);
            Thread.sleep(200);
        }
    }

    private long suppressed(TestBroker broker, Config config) {
        return broker.consumeAll(config.topics().alerts()).stream().map(r -> codec.decodeAlert(r.value()))
                .filter(a -> a.kind() == AlertKind.NEAR_DUPLICATE && a.suppressed()).count();
    }

    private void check(TestBroker broker, Config config, long seed) {
        Map<String, Integer> times = new HashMap<>();
        Map<String, Long> lastOffset = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.consumeAll(config.topics().embeddings())) {
            Embedding e = codec.decodeEmbedding(record.value());
            times.merge(e.event().id(), 1, Integer::sum);
            Long before = lastOffset.put(record.partition() + "/" + e.source().partition(), e.source().offset());
            assertThat(before == null || before < e.source().offset())
                    .as("seed %d: order of input partition %d", seed, e.source().partition()).isTrue();
        }
        assertThat(times).as("seed %d: ids in embeddings", seed).hasSize(EVENTS);
        assertThat(times.values()).as("seed %d: each once", seed).containsOnly(1);
        assertThat(broker.consumeAll(config.topics().deadLetters())).as("seed %d", seed).isEmpty();

        Map<String, Integer> alerts = new HashMap<>();
        broker.consumeAll(config.topics().alerts()).stream().map(r -> codec.decodeAlert(r.value()))
                .forEach(a -> alerts.merge(a.kind() == AlertKind.BURST
                        ? a.kind() + " " + a.originalId() + " " + a.clusterSize()
                        : a.kind() + " " + a.eventId(), 1, Integer::sum));
        assertThat(alerts.values()).as("seed %d: alerts once each", seed).containsOnly(1);
        Map<String, Integer> unique = new HashMap<>();
        broker.consumeAll(config.topics().unique())
                .forEach(r -> unique.merge(new String(r.key(), StandardCharsets.UTF_8), 1, Integer::sum));
        assertThat(unique.values()).as("seed %d: unique once each", seed).containsOnly(1);
        assertThat(unique.size() + suppressed(broker, config)).as("seed %d: every event has one fate", seed)
                .isEqualTo(EVENTS);
        assertThat(suppressed(broker, config)).as("seed %d: the copies", seed).isGreaterThanOrEqualTo(EVENTS / 10);
    }
}
