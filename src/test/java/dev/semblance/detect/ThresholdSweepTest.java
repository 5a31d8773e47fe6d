package dev.semblance.detect;

import static dev.semblance.detect.Events.MODEL;
import static dev.semblance.detect.Events.at;
import static dev.semblance.detect.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.detect.ThresholdSweep.Example;
import dev.semblance.detect.ThresholdSweep.Row;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThresholdSweepTest {

    private static final Set<MatchKind> COPIES = Set.of(MatchKind.EXACT, MatchKind.NEAR);
    private static final Config.Detect RULES = Windows.config(1000, 100, 0.9, false, Long.MAX_VALUE, COPIES);

    /** At an angle whose cosine to angle 0 is that. */
    private static Embedding near(String id, long timeMs, double cosine, int axis, int text, long figures) {
        return event(id, timeMs, MODEL, at(Math.acos(cosine), axis), text, figures);
    }

    private static List<String> described(List<Example> examples) {
        return examples.stream().map(e -> "%s %s→%s %.3f".formatted(e.kind(), e.event().event().id(), e.original().id(),
                e.similarity())).toList();
    }

    @Test
    void namesThePairsAtTheMargin() {
        ThresholdSweep sweep = new ThresholdSweep(RULES, List.of(near("o", 0, 1, 1, 1, 5), near("a", 1, 0.93, 1, 2, 5),
                near("b", 2, 0.905, 2, 3, 5), near("c", 3, 0.895, 3, 4, 5), near("d", 4, 0.885, 4, 5, 6),
                near("e", 5, 0.7, 5, 6, 5), near("f", 6, 1, 1, 1, 5), near("g", 7, 0.905, 2, 3, 5)), 2);
        Row row = sweep.at(0.9, _ -> {});
        assertThat(row.threshold()).hasValue(0.9);
        assertThat(row.events()).isEqualTo(8);
        assertThat(row.duplicates()).containsEntry(MatchKind.EXACT, 1L).containsEntry(MatchKind.NEAR, 3L)
                .containsEntry(MatchKind.VARIANT, 0L);
        assertThat(row.suppressed()).isEqualTo(4);
        assertThat(row.unique()).isEqualTo(4);
        assertThat(described(row.above())).as("g has the texts of b").containsExactly("NEAR b→o 0.905",
                "NEAR a→o 0.930");
        assertThat(described(row.below())).containsExactly("NEAR c→o 0.895", "VARIANT d→o 0.885");

        Row exact = sweep.exactOnly(_ -> {});
        assertThat(exact.threshold()).isEmpty();
        assertThat(exact.suppressed()).isEqualTo(2);
        assertThat(exact.duplicates()).containsEntry(MatchKind.EXACT, 2L).containsEntry(MatchKind.NEAR, 0L);
        assertThat(exact.above()).isEmpty();

        Row low = sweep.at(0.88, _ -> {});
        assertThat(low.duplicates()).containsEntry(MatchKind.VARIANT, 1L);
        assertThat(low.suppressed()).as("variants pass").isEqualTo(5);
        assertThat(low.below()).isEmpty();
    }

    @Test
    void equalsTheRulesRunAtEachThreshold() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Embedding> events = new ArrayList<>();
            long nowMs = 0;
            for (int i = 0; i < 400; i++) {
                nowMs += random.nextInt(12);
                int topic = random.nextInt(15);
                events.add(event("e" + i, nowMs, MODEL, Events.cluster(random, 8, topic, 0.15 * random.nextInt(4)),
                        topic * 10 + random.nextInt(8), random.nextInt(3)));
            }
            List<Long> progress = new ArrayList<>();
            Config.Detect rules = Windows.decaying(RULES, seed % 2 == 0 ? 0 : 3_000);
            ThresholdSweep sweep = new ThresholdSweep(rules, events, 3);
            for (double threshold : new double[]{0.6, 0.8, 0.9, 0.95, 0.99}) {
                Row row = sweep.at(threshold, progress::add);
                Deduplicator alone = new Deduplicator(rules.withThreshold(threshold), VectorWindows.inMemory(
                        rules.withThreshold(threshold), new SimpleMeterRegistry()), ClusterSizes.inMemory(),
                        Long.MIN_VALUE);
                List<Verdict> verdicts = alone.decide(events);
                for (MatchKind kind : MatchKind.values()) {
                    assertThat(row.duplicates().get(kind)).as("seed %d, %s, %s", seed, threshold, kind).isEqualTo(
                            verdicts.stream().filter(v -> v.match() != null && v.match().kind() == kind).count());
                }
                assertThat(row.suppressed()).as("seed %d, %s", seed, threshold)
                        .isEqualTo(verdicts.stream().filter(Verdict::suppressed).count());
                double narrowest = verdicts.stream().filter(v -> v.match() != null
                        && v.match().kind() != MatchKind.EXACT).mapToDouble(v -> v.match().similarity()).min()
                        .orElse(2);
                assertThat(row.above().isEmpty() ? 2.0 : row.above().getFirst().similarity()).as("seed %d", seed)
                        .isEqualTo(narrowest);
                assertThat(row.below()).as("seed %d", seed).allSatisfy(e -> {
                    assertThat(e.similarity()).isLessThan((float) threshold)
                            .isGreaterThanOrEqualTo((float) (threshold - ThresholdSweep.MARGIN));
                    assertThat(e.original().eventTimeMs()).isLessThanOrEqualTo(e.event().event().eventTimeMs());
                });
            }
            assertThat(progress).contains(400L);
            // Equal texts alone: an event is suppressed where an original of its text is in the window, and with decay
            // for as long as that alone leaves the threshold of 0.9: 0.152 half-lives.
            long reachMs = seed % 2 == 0 ? 1_000 : 456;
            long copies = 0;
            java.util.Map<Object, Long> originals = new java.util.HashMap<>();
            for (Embedding e : events) {
                Long last = originals.get(e.textHash());
                if (last != null && e.event().eventTimeMs() - last <= reachMs) {
                    copies++;
                } else {
                    originals.put(e.textHash(), e.event().eventTimeMs());
                }
            }
            assertThat(sweep.exactOnly(_ -> {}).suppressed()).as("seed %d", seed).isEqualTo(copies);
        }
    }

    @Test
    void severalModelsAreRefused() {
        Embedding a = event("a", 0, MODEL, at(0, 1), 1, 0);
        Embedding b = event("b", 0, Windows.model("other", 8), at(0, 1), 1, 0);
        assertThatThrownBy(() -> new ThresholdSweep(RULES, List.of(a, b), 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("event b is of model");
        assertThat(new ThresholdSweep(RULES, Collections.emptyList(), 1).at(0.9, _ -> {}).events()).isZero();
    }
}
