package dev.semblance.detect;

import static dev.semblance.detect.Events.MODEL;
import static dev.semblance.detect.Events.at;
import static dev.semblance.detect.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.VectorKernels;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PairJoinTest {

    /** Of cosines: windows may hold vectors in 16 bits. */
    private static final double ROUNDING = 2e-4;

    private static Config.Detect rules(String... options) {
        ConfigSource source = new ConfigSource().withOption("detect.mode=pairs").withOption("window=1s")
                .withOption("grace=100ms");
        for (String option : options) {
            source.withOption(option);
        }
        return source.build().detect();
    }

    private static PairJoin join(Config.Detect rules) {
        return new PairJoin(rules, VectorWindows.inMemory(rules, new SimpleMeterRegistry()), Long.MIN_VALUE);
    }

    private static List<String> pairs(List<PairJoin.Joined> joined) {
        return joined.stream().flatMap(j -> j.pairs().stream())
                .map(p -> p.kind() + " " + p.earlierId() + "–" + p.laterId()).toList();
    }

    /** Mostly in order and never more than the grace behind; a few models, many near pairs. */
    private static List<Embedding> events(Random random, int count, int graceMs) {
        ModelIdentity[] models = {Windows.model("r1", 48), Windows.model("r2", 48), Windows.model("r3", 33)};
        List<Embedding> events = new ArrayList<>();
        long nowMs = 10_000;
        for (int i = 0; i < count; i++) {
            nowMs += random.nextInt(12);
            long timeMs = random.nextInt(5) == 0 ? nowMs - random.nextInt(graceMs + 1) : nowMs;
            int topic = random.nextInt(25);
            ModelIdentity model = models[Math.max(0, random.nextInt(8) - 5)];
            float[] vector = Events.cluster(random, model.dimension(), topic, random.nextInt(5) * 0.15);
            events.add(event("e" + i, timeMs, model, vector, topic * 10 + random.nextInt(5), random.nextInt(3)));
        }
        return events;
    }

    private static double decayed(double cosine, long apartMs, long halfLifeMs) {
        return halfLifeMs == 0 ? cosine : cosine * Math.pow(0.5, (double) apartMs / halfLifeMs);
    }

    @Test
    void findsThePairsThatBruteForceFinds() {
        long found = 0;
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            double threshold = new double[]{0.7, 0.85, 0.9, 0.95}[random.nextInt(4)];
            long halfLifeMs = random.nextBoolean() ? 0 : 500 + random.nextInt(5_000);
            Config.Detect rules = rules("threshold=" + threshold, "decay.half.life=" + halfLifeMs + "ms");
            List<Embedding> events = events(random, 400, 100);
            Map<String, Float> actual = new TreeMap<>();
            PairJoin join = join(rules);
            for (int at = 0; at < events.size();) {
                int to = Math.min(events.size(), at + 1 + random.nextInt(80));
                for (PairJoin.Joined j : join.join(events.subList(at, to))) {
                    assertThat(j.late()).isFalse();
                    for (Pair p : j.pairs()) {
                        assertThat(actual.put(p.earlierId() + "–" + p.laterId(), p.similarity()))
                                .as("seed %d: %s–%s again", seed, p.earlierId(), p.laterId()).isNull();
                    }
                }
                at = to;
            }
            Map<String, Double> certain = new HashMap<>();
            Map<String, Double> possible = new HashMap<>();
            for (int i = 0; i < events.size(); i++) {
                for (int j = 0; j < i; j++) {
                    Embedding a = events.get(i);
                    Embedding b = events.get(j);
                    long apartMs = Math.abs(a.event().eventTimeMs() - b.event().eventTimeMs());
                    if (a.model().equals(b.model()) && apartMs <= 1_000) {
                        double similarity = decayed(VectorKernels.cosine(a.vector(), b.vector()), apartMs, halfLifeMs);
                        boolean aFirst = a.event().eventTimeMs() != b.event().eventTimeMs()
                                ? a.event().eventTimeMs() < b.event().eventTimeMs()
                                : a.event().id().compareTo(b.event().id()) < 0;
                        String pair = (aFirst ? a : b).event().id() + "–" + (aFirst ? b : a).event().id();
                        if (similarity >= threshold + ROUNDING) {
                            certain.put(pair, similarity);
                        }
                        if (similarity >= threshold - ROUNDING) {
                            possible.put(pair, similarity);
                        }
                    }
                }
            }
            assertThat(actual.keySet()).as("seed %d: recall", seed).containsAll(certain.keySet());
            assertThat(possible.keySet()).as("seed %d: precision", seed).containsAll(actual.keySet());
            actual.forEach((pair, similarity) -> assertThat(Math.abs(similarity - possible.get(pair)))
                    .isLessThan(ROUNDING));
            found += actual.size();
        }
        assertThat(found).isGreaterThan(10_000);
    }

    /** With events that are late, delivered again, edited and deleted. */
    @Test
    void aBatchIsDecidedAsItsEventsOneByOne() {
        TreeSet<String> outcomes = new TreeSet<>();
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Config.Detect rules = rules("threshold=0.8", random.nextBoolean()
                    ? "decay.half.life=800ms"
                    : "window=300ms");
            List<Embedding> events = new ArrayList<>();
            for (Embedding e : events(random, 300, 600)) {
                int again = random.nextInt(8);
                if (again == 0 && !events.isEmpty()) {
                    events.add(events.get(random.nextInt(events.size())));
                } else if (again == 1 && !events.isEmpty()) {
                    String id = events.get(random.nextInt(events.size())).event().id();
                    events.add(event(id, e.event().eventTimeMs(), e.model(), e.vector(), random.nextInt(250), 0));
                } else {
                    events.add(e);
                }
            }
            PairJoin batched = join(rules);
            PairJoin single = join(rules);
            for (int at = 0; at < events.size();) {
                List<Embedding> batch = events.subList(at, Math.min(events.size(), at + 1 + random.nextInt(60)));
                List<PairJoin.Joined> expected = new ArrayList<>();
                batch.forEach(e -> expected.addAll(single.join(List.of(e))));
                assertThat(batched.join(batch)).as("seed %d", seed).isEqualTo(expected);
                expected.forEach(j -> outcomes.add(j.late() ? "late" : j.pairs().isEmpty() ? "alone" : "paired"));
                at += batch.size();
                String id = batch.getFirst().event().id();
                assertThat(batched.delete(id)).as("seed %d", seed).isEqualTo(single.delete(id));
            }
            assertThat(batched.streamTimeMs()).isEqualTo(single.streamTimeMs());
        }
        assertThat(outcomes).containsExactly("alone", "late", "paired");
    }

    @Test
    void chainsAndCopiesArePairsToo() {
        PairJoin join = join(rules());
        assertThat(pairs(join.join(List.of(event("a", 0, MODEL, at(0, 1), 1, 0), event("b", 1, MODEL, at(0.4, 1), 2, 0),
                event("c", 2, MODEL, at(0.8, 1), 3, 1), event("d", 3, MODEL, at(0.8, 1), 3, 1)))))
                .containsExactly("NEAR a–b", "VARIANT b–c", "VARIANT b–d", "EXACT c–d");
        // Equal texts, distant vectors: similarity alone makes a pair.
        assertThat(pairs(join.join(List.of(event("e", 4, MODEL, at(1.5, 2), 1, 0))))).isEmpty();
        // Out of order: the earlier one by time comes first, whatever came first.
        assertThat(pairs(join.join(List.of(event("z", 3, MODEL, at(1.5, 2), 9, 7))))).containsExactly("VARIANT z–e");
    }

    @Test
    void aPairIsAtMostOneWindowApartAndNothingLateIsMatched() {
        Config.Detect rules = rules();
        VectorWindow window = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
        PairJoin join = new PairJoin(rules, window, Long.MIN_VALUE);
        assertThat(pairs(join.join(List.of(event("a", 0, MODEL, at(0, 1), 1, 0),
                event("b", 1_000, MODEL, at(0, 1), 1, 0), event("c", 1_001, MODEL, at(0, 1), 1, 0)))))
                .containsExactly("EXACT a–b", "EXACT b–c");
        assertThat(join.join(List.of(event("f", 5_000, MODEL, at(0, 1), 1, 0),
                event("late", 3_899, MODEL, at(0, 1), 1, 0)))).extracting(PairJoin.Joined::late)
                .containsExactly(false, true);
        assertThat(window.size()).as("expired, and late ones not remembered").isEqualTo(1);
        assertThat(new PairJoin(rules, window, 5_000).join(List.of(event("g", 3_899, MODEL, at(0, 1), 1, 0))))
                .as("stream time survives").extracting(PairJoin.Joined::late).containsExactly(true);
    }

    @Test
    void whatDecayLeavesOutIsNotKept() {
        Config.Detect rules = rules("window=1h", "threshold=0.5", "decay.half.life=10s", "grace=0ms");
        VectorWindow window = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
        PairJoin join = new PairJoin(rules, window, Long.MIN_VALUE);
        List<PairJoin.Joined> joined = join.join(List.of(event("a", 0, MODEL, at(0, 1), 1, 0),
                event("b", 5_000, MODEL, at(0, 1), 1, 0), event("c", 15_100, MODEL, at(0, 1), 1, 0)));
        assertThat(pairs(joined)).containsExactly("EXACT a–b");
        Pair pair = joined.get(1).pairs().getFirst();
        assertThat(pair.cosine()).isGreaterThan(0.999f);
        assertThat((double) pair.similarity() / pair.cosine()).isBetween(0.7071, 0.70711);
        assertThat(window.size()).isEqualTo(1);
    }

    /** A vector that is encoded alone costs as much as eight that are encoded together. */
    @Test
    void vectorsArePreparedBeforeTheyAreInserted() {
        Config.Detect rules = rules();
        VectorWindow inner = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
        List<String> calls = new ArrayList<>();
        VectorWindow window = (VectorWindow) Proxy.newProxyInstance(PairJoinTest.class.getClassLoader(),
                new Class<?>[]{VectorWindow.class}, (_, method, args) -> {
                    if (List.of("prepare", "insert", "search").contains(method.getName())) {
                        calls.add(method.getName());
                    }
                    return method.invoke(inner, args);
                });
        ModelIdentity other = Windows.model("r2", 8);
        new PairJoin(rules, window, Long.MIN_VALUE).join(List.of(event("a", 0, MODEL, at(0, 1), 1, 0),
                event("b", 1, other, at(0, 1), 1, 0), event("c", 2, MODEL, at(0, 1), 1, 0)));
        assertThat(calls).containsExactly("prepare", "prepare", "insert", "insert", "insert", "search", "search");
    }

    @Test
    void anAlertIsAboutTheLaterOne() {
        Config.Detect rules = rules();
        PairJoin join = join(rules);
        join.join(List.of(event("a", 50, MODEL, at(0, 1), 1, 0)));
        Pair reversed = join.join(List.of(event("b", 10, MODEL, at(0.1, 1), 2, 0))).getFirst().pairs().getFirst();
        Alert alert = Alerts.of(reversed, rules);
        assertThat(alert).extracting(Alert::eventId, Alert::originalId, Alert::eventTimeMs, Alert::originalTimeMs)
                .containsExactly("a", "b", 50L, 10L);
        assertThat(alert).extracting(Alert::text, Alert::originalText, Alert::suppressed, Alert::clusterSize)
                .containsExactly("text 1", "text 2", false, 2L);
        assertThat(alert.onlyInEvent()).containsExactly("1");
        assertThat(alert.matchKind()).isEqualTo(MatchKind.NEAR);
    }

    @Test
    void brokenVectorsAreRefusedBeforeAnythingIsDecided() {
        PairJoin join = join(rules());
        assertThatThrownBy(() -> join.join(List.of(event("a", 0, MODEL, at(0, 1), 1, 0),
                event("b", 1, MODEL, new float[]{Float.NaN, 0, 0, 0, 0, 0, 0, 0}, 1, 0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(join.streamTimeMs()).isEqualTo(Long.MIN_VALUE);
    }
}
