package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextEvent;
import dev.semblance.window.NaiveWindow;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Several shards find the pairs that one {@link PairJoin} finds, whatever the order of deliveries, and over crashes. */
class ShardPairsTest {

    private static final int SEEDS = 600;

    private static Config.Detect rules(Random random) {
        int windowMs = 100 + random.nextInt(400);
        return new ConfigSource().withOption("detect.mode=pairs").withOption("window=" + windowMs + "ms")
                .withOption("grace=" + random.nextInt(200) + "ms").withOption("threshold=0.8")
                .withOption("decay.half.life=" + random.nextInt(2) * 2 * windowMs + "ms")
                .withOption("window.shards=" + (2 + random.nextInt(4))).build().detect();
    }

    private static String pair(Pair p) {
        return p.event().event().id() + "@" + p.event().event().eventTimeMs() + " " + p.other().id() + "@"
                + p.other().eventTimeMs() + " " + p.kind() + " " + p.cosine() + " " + p.similarity();
    }

    @Test
    void manyFindThePairsOfOne() {
        long found = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            boolean real = seed % 50 == 0;
            Config.Detect rules = rules(random);
            ShardSimulation many = new ShardSimulation(rules, real, 1 + random.nextInt(16));
            found += compare("seed " + seed, random, rules, real, many, false);
        }
        assertThat(found).as("pairs over all seeds").isGreaterThan(50 * SEEDS);
    }

    @Test
    void crowdedShardsHoldEachOtherUpForAWhileOnly() {
        long holds = 0;
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Config.Detect rules = rules(random);
            ShardSimulation many = new ShardSimulation(rules, false, 1 + random.nextInt(4),
                    ShardSimulation.narrow(random));
            compare("seed " + seed, random, rules, false, many, true);
            holds += many.holds();
        }
        assertThat(holds).as("holds over all seeds").isGreaterThan(300);
    }

    /** Feeds both and compares. @return how many pairs there are */
    private static int compare(String what, Random random, Config.Detect rules, boolean real, ShardSimulation many,
            boolean stalls) {
        VectorWindow window = real
                ? VectorWindows.inMemory(rules, new SimpleMeterRegistry())
                : new NaiveWindow();
        PairJoin one = new PairJoin(rules, window, Long.MIN_VALUE);
        List<String> pairs = new ArrayList<>();
        List<String> unique = new ArrayList<>();
        for (Object step : steps(random)) {
            if (step instanceof Embedding e) {
                PairJoin.Joined joined = one.join(List.of(e)).getFirst();
                joined.pairs().forEach(p -> pairs.add(pair(p)));
                if (!joined.late()) {
                    unique.add(e.event().id());
                }
                many.event(e);
            } else {
                one.delete((String) step);
                unique.add("-" + step);
                many.delete((String) step);
            }
        }
        many.flush();
        if (stalls) {
            many.stalls(random, 0.3);
        }
        many.run(random, random.nextInt(3) * 0.02, 0.05 + random.nextDouble() * 0.5);
        assertThat(many.world.pairs.stream().sorted().toList()).as(what).isEqualTo(pairs.stream().sorted().toList());
        for (String id : unique) {
            String bare = id.replace("-", "");
            assertThat(many.world.unique.stream().filter(u -> u.replace("-", "").equals(bare)))
                    .as("%s: unique, of %s in order", what, bare)
                    .containsExactlyElementsOf(
                            unique.stream().filter(u -> u.replace("-", "").equals(bare)).toList());
        }
        assertThat(many.open()).as("%s: left open", what).isZero();
        return pairs.size();
    }

    @Test
    void partnersWithLongTextsAreToldInSeveralRecords() {
        Config.Detect rules = new ConfigSource().withOption("detect.mode=pairs").withOption("window.shards=2").build()
                .detect();
        ShardSimulation many = new ShardSimulation(rules, false, 8);
        int count = 101;
        Random random = new Random(3);
        for (int i = 0; i < count; i++) {
            Embedding e = Events.event("e" + i, 10_000 + i, Windows.model("r1", 8), Events.cluster(random, 8, 1, 0.01),
                    i, 0);
            TextEvent text = new TextEvent(e.event().id(), "é".repeat(16_500), e.event().eventTimeMs(), null, null,
                    Map.of());
            many.event(new Embedding(text, e.source(), e.model(), "none", e.vector(), 4, false, e.textHash(), 0,
                    null));
        }
        many.flush();
        many.run(random, 0.01, 0.3);
        assertThat(many.world.pairs).hasSize(count * (count - 1) / 2);
        assertThat(many.open()).isZero();
        assertThat(many.largestRecord()).isBetween(33_000, ShardMail.MAX_BYTES + 64);
    }

    private static List<Object> steps(Random random) {
        List<Object> steps = new ArrayList<>();
        List<Embedding> events = new ArrayList<>();
        ModelIdentity[] models = {Windows.model("r1", 6), Windows.model("r2", 5)};
        int ids = random.nextBoolean() ? 15 : 10_000;
        int pace = 1 + random.nextInt(30);
        int topics = 1 + random.nextInt(6);
        long nowMs = 10_000;
        for (int i = 0; i < 60; i++) {
            nowMs += random.nextInt(pace);
            long timeMs = random.nextInt(6) == 0 ? nowMs - random.nextInt(900) : nowMs;
            int chance = random.nextInt(10);
            if (chance < 2 && !events.isEmpty()) {
                Embedding one = events.get(random.nextInt(events.size()));
                steps.add(chance == 0 ? one.event().id() : one);
                continue;
            }
            ModelIdentity model = models[random.nextInt(5) / 4];
            Embedding e = Events.event("e" + random.nextInt(ids), timeMs, model,
                    Events.cluster(random, model.dimension(), random.nextInt(topics), random.nextInt(3) * 0.3),
                    random.nextInt(20), random.nextInt(2));
            events.add(e);
            steps.add(e);
        }
        return steps;
    }
}
