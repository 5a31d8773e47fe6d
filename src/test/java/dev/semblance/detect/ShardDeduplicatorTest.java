package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.window.NaiveWindow;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Several shards decide as one {@link Deduplicator} does, whatever the order of deliveries, and over crashes. */
class ShardDeduplicatorTest {

    private static final int SEEDS = 2_000;

    /** An event, or the delete of an id. */
    private record Step(Embedding event, String delete) {}

    /** One shard over the same steps. */
    private static final class Single {
        final List<String> verdicts = new ArrayList<>();
        final List<String> unique = new ArrayList<>();
        final List<String> sizes = new ArrayList<>();
        final List<String> late = new ArrayList<>();
        final ClusterSizes clusters = ClusterSizes.inMemory();
        final VectorWindow window;

        Single(Config.Detect rules, boolean realWindow, List<Step> steps) {
            window = realWindow ? VectorWindows.inMemory(rules, new SimpleMeterRegistry()) : new NaiveWindow();
            Deduplicator dedup = new Deduplicator(rules, window, clusters, Long.MIN_VALUE);
            for (Step step : steps) {
                if (step.event == null) {
                    dedup.delete(step.delete);
                    unique.add("-" + step.delete);
                } else {
                    add(dedup.decide(List.of(step.event)).getFirst());
                }
            }
        }

        private void add(Verdict v) {
            String id = v.event().event().id();
            if (v.outcome() == Verdict.Outcome.LATE) {
                late.add(id);
                return;
            }
            Match m = v.match();
            Found best = m == null
                    ? null
                    : Found.of(new Candidate(m.original(), m.kind(), m.cosine(), m.similarity()));
            verdicts.add(ShardSimulation.verdict(v.event(), best, v.suppressed()));
            if (!v.suppressed()) {
                unique.add(id);
            }
            if (m != null) {
                sizes.add(m.original().id() + " " + m.clusterSize());
            }
        }
    }

    private static Config.Detect rules(Random random, int shards) {
        List<String> kinds = new ArrayList<>();
        for (MatchKind kind : MatchKind.values()) {
            if (random.nextInt(3) > 0) {
                kinds.add(kind.name());
            }
        }
        int windowMs = 100 + random.nextInt(400);
        return new ConfigSource().withOption("window=" + windowMs + "ms")
                .withOption("decay.half.life=" + (random.nextInt(3) == 0 ? 2 * windowMs : 0) + "ms")
                .withOption("grace=" + random.nextInt(200) + "ms").withOption("threshold=0.8")
                .withOption("dedup.kinds=" + (random.nextBoolean() ? "EXACT,NEAR" : String.join(",", kinds)))
                .withOption("window.shards=" + shards).build().detect();
    }

    /** Clusters, edits, second deliveries, deletes, late events, equal times and several models. */
    private static List<Step> steps(Random random) {
        List<Step> steps = new ArrayList<>();
        List<Embedding> events = new ArrayList<>();
        ModelIdentity[] models = {Windows.model("r1", 6), Windows.model("r2", 6), Windows.model("r3", 5)};
        int count = 20 + random.nextInt(60);
        int topics = 1 + random.nextInt(6);
        int ids = random.nextBoolean() ? 12 : 10_000;
        int pace = 1 + random.nextInt(30);
        long nowMs = 10_000;
        for (int i = 0; i < count; i++) {
            nowMs += random.nextInt(pace);
            long timeMs = random.nextInt(6) == 0 ? nowMs - random.nextInt(900) : nowMs;
            int chance = random.nextInt(12);
            if (chance < 3 && !events.isEmpty()) {
                Embedding one = events.get(random.nextInt(events.size()));
                if (chance == 0) {
                    steps.add(new Step(null, one.event().id()));
                    continue;
                }
                if (chance == 1) {
                    steps.add(new Step(one, null));
                    continue;
                }
            }
            String id = chance == 2 && !events.isEmpty()
                    ? events.get(random.nextInt(events.size())).event().id()
                    : "e" + random.nextInt(ids);
            int topic = random.nextInt(topics);
            ModelIdentity model = models[Math.max(0, random.nextInt(8) - 5)];
            float[] vector = Events.cluster(random, model.dimension(), topic, random.nextInt(3) * 0.3);
            int text = random.nextInt(8) == 0 ? 1000 + random.nextInt(3) : topic * 10 + random.nextInt(4);
            Embedding e = Events.event(id, timeMs, model, vector, text, random.nextInt(3) / 2);
            events.add(e);
            steps.add(new Step(e, null));
        }
        return steps;
    }

    private static ShardSimulation simulation(Config.Detect rules, boolean realWindows, int rows, List<Step> steps) {
        return feed(new ShardSimulation(rules, realWindows, rows), steps);
    }

    private static ShardSimulation feed(ShardSimulation simulation, List<Step> steps) {
        for (Step step : steps) {
            if (step.event == null) {
                simulation.delete(step.delete);
            } else {
                simulation.event(step.event);
            }
        }
        simulation.flush();
        return simulation;
    }

    private static Map<String, List<String>> byId(List<String> unique) {
        return unique.stream().collect(Collectors.groupingBy(s -> s.startsWith("-") ? s.substring(1) : s, TreeMap::new,
                Collectors.toList()));
    }

    private static List<String> sorted(List<String> list) {
        return list.stream().sorted().toList();
    }

    private static void compare(String what, ShardSimulation many, Single one, List<Step> steps) {
        assertThat(many.late).as(what).isEqualTo(one.late);
        assertThat(sorted(many.world.verdicts)).as(what).isEqualTo(sorted(one.verdicts));
        assertThat(byId(many.world.unique)).as("%s: unique, of each id in order", what).isEqualTo(byId(one.unique));
        assertThat(sorted(many.world.sizes)).as("%s: cluster sizes told", what).isEqualTo(sorted(one.sizes));
        assertThat(many.world.joins.stream().map(ShardMessage.Join::sequence)).as("%s: one alert a copy", what)
                .doesNotHaveDuplicates();
        Map<String, Long> window = new TreeMap<>();
        for (Step step : steps) {
            String id = step.event == null ? step.delete : step.event.event().id();
            if (one.window.get(id) != null) {
                window.put(id, one.window.get(id).lastSeenMs());
                assertThat(many.clusterSize(id)).as("%s: cluster of %s", what, id).isEqualTo(one.clusters.get(id));
            }
        }
        assertThat(many.open()).as("%s: left open", what).isZero();
        // What had expired when its fate became known leaves with the next turn.
        Map<String, Long> left = many.window();
        left.values().removeIf(many::hasExpired);
        window.values().removeIf(many::hasExpired);
        assertThat(left).as("%s: window", what).isEqualTo(window);
    }

    @Test
    void manyDecideAsOne() {
        long copies = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Config.Detect rules = rules(random, 2 + random.nextInt(4));
            boolean real = seed % 100 == 0;
            List<Step> steps = steps(random);
            Single one = new Single(rules, real, steps);
            ShardSimulation many = simulation(rules, real, 1 + random.nextInt(16), steps);
            many.run(random, random.nextInt(3) * 0.02, 0.05 + random.nextDouble() * 0.5);
            compare("seed " + seed, many, one, steps);
            copies += one.sizes.size();
        }
        assertThat(copies).as("copies over all seeds").isGreaterThan(10 * SEEDS);
    }

    @Test
    void crowdedShardsHoldEachOtherUpForAWhileOnly() {
        long holds = 0;
        for (long seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            Config.Detect rules = rules(random, 2 + random.nextInt(4));
            List<Step> steps = steps(random);
            ShardSimulation many = feed(new ShardSimulation(rules, false, 1 + random.nextInt(4),
                    ShardSimulation.narrow(random)), steps);
            many.stalls(random, 0.3);
            many.run(random, random.nextInt(3) * 0.02, 0.05 + random.nextDouble() * 0.5);
            compare("seed " + seed, many, new Single(rules, false, steps), steps);
            holds += many.holds();
        }
        assertThat(holds).as("holds over all seeds").isGreaterThan(600);
    }

    @Test
    void aBurstTakesAsManyRoundsAsOneCopy() {
        Config.Detect rules = new ConfigSource().withOption("window.shards=4").build().detect();
        List<Integer> rounds = new ArrayList<>();
        for (int copies : new int[]{2, 1_000}) {
            List<Step> steps = new ArrayList<>();
            Random random = new Random(5);
            for (int i = 0; i < copies; i++) {
                steps.add(new Step(Events.event("e" + i, 10_000 + i, Windows.model("r1", 8),
                        Events.cluster(random, 8, 1, 0.02), i % 3, 0), null));
            }
            ShardSimulation many = simulation(rules, true, 64, steps);
            rounds.add(many.rounds());
            compare(copies + " copies", many, new Single(rules, true, steps), steps);
            assertThat(many.world.unique).hasSize(1);
            assertThat(many.world.mailBytes / copies).as("bytes of mail a copy").isLessThan(4_000);
        }
        assertThat(rounds.get(1)).isLessThanOrEqualTo(rounds.get(0) + 1).isLessThanOrEqualTo(6);
    }

    @Test
    void aShardFarAheadIsWaitedForByNobody() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Config.Detect rules = rules(random, 3);
            List<Step> steps = steps(random);
            ShardSimulation many = simulation(rules, false, 4, steps);
            many.takeTurnsOf(random.nextInt(3));
            many.run(random, 0.01, 0.3);
            compare("seed " + seed, many, new Single(rules, false, steps), steps);
        }
    }
}
