package dev.semblance.detect;

import static dev.semblance.detect.Events.MODEL;
import static dev.semblance.detect.Events.at;
import static dev.semblance.detect.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.codec.VectorCheck;
import dev.semblance.config.Config;
import dev.semblance.detect.Verdict.Outcome;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeduplicatorTest {

    private static final Set<MatchKind> COPIES = Set.of(MatchKind.EXACT, MatchKind.NEAR);
    /** Window 1000 ms, grace 100 ms, threshold 0.9 (an angle of 0.451). */
    private static final Config.Detect RULES = Windows.config(1000, 100, 0.9, false, Long.MAX_VALUE, COPIES);

    private final VectorWindow window = VectorWindows.inMemory(RULES, new SimpleMeterRegistry());
    private final ClusterSizes clusters = ClusterSizes.inMemory();
    private Deduplicator dedup = new Deduplicator(RULES, window, clusters, Long.MIN_VALUE);

    private Verdict decide(String id, long timeMs, double angle, int text, long figures) {
        return decide(event(id, timeMs, MODEL, at(angle, 1), text, figures));
    }

    private Verdict decide(Embedding e) {
        return dedup.decide(List.of(e)).getFirst();
    }

    private static void assertDuplicate(Verdict v, String original, MatchKind kind, long size, boolean suppressed) {
        assertThat(v.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(v.match().original().id()).isEqualTo(original);
        assertThat(v.match().kind()).isEqualTo(kind);
        assertThat(v.match().clusterSize()).isEqualTo(size);
        assertThat(v.suppressed()).isEqualTo(suppressed);
    }

    @Test
    void copiesAreSuppressedAndVariantsPass() {
        assertThat(decide("a", 0, 0, 1, 5).outcome()).isEqualTo(Outcome.UNIQUE);
        assertDuplicate(decide("b", 1, 0.2, 2, 5), "a", MatchKind.NEAR, 2, true);
        assertDuplicate(decide("c", 2, 0, 1, 5), "a", MatchKind.EXACT, 3, true);
        Verdict variant = decide("d", 3, 0.1, 3, 6);
        assertDuplicate(variant, "a", MatchKind.VARIANT, 4, false);
        assertThat(variant.match().cosine()).isCloseTo((float) Math.cos(0.1), within(1e-6f));
        // The variant is an original of its own, and its own kind of copy prefers it to the closer "a".
        assertDuplicate(decide("e", 4, 0.04, 4, 6), "d", MatchKind.NEAR, 2, true);
        assertThat(decide("f", 5, 1.5, 5, 5).outcome()).isEqualTo(Outcome.UNIQUE);
        assertThat(window.size()).isEqualTo(3);
    }

    /** A half-life of 1 s leaves 0.9 of a similarity after 152 ms. */
    @Test
    void similaritiesDecayThoseOfEqualTextsToo() {
        Config.Detect decaying = Windows.decaying(RULES, 1_000);
        dedup = new Deduplicator(decaying, window, clusters, Long.MIN_VALUE);
        decide("a", 0, 0, 1, 0);
        Verdict near = decide("b", 100, 0.1, 2, 0);
        assertDuplicate(near, "a", MatchKind.NEAR, 2, true);
        assertThat(near.match().cosine()).isCloseTo((float) Math.cos(0.1), within(1e-5f));
        assertThat(near.match().similarity()).isCloseTo((float) (Math.cos(0.1) * 0.9330), within(1e-4f));
        assertThat(decide("c", 100, 0.4, 3, 0).outcome()).as("0.921 · 0.933").isEqualTo(Outcome.UNIQUE);
        // Equal texts, whatever the cosine, for as long as time alone leaves the threshold.
        assertDuplicate(decide("d", 152, 1.2, 1, 0), "a", MatchKind.EXACT, 3, true);
        assertThat(decide("e", 153, -1.2, 1, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        // The recent one of two is the more similar.
        assertDuplicate(decide("f", 150, -1.2, 1, 0), "e", MatchKind.EXACT, 2, true);
        assertThat(window.get("a")).isNotNull();
        decide("g", 254, 3, 9, 0);
        assertThat(window.get("a")).as("kept for 153 ms + grace").isNull();
        assertThat(decide("late", -900, 2, 10, 0).outcome()).as("late is what it is without decay").isEqualTo(
                Outcome.LATE);
        assertThat(decide("nearly", -846, 2, 10, 0).outcome()).isEqualTo(Outcome.UNIQUE);

        Alert alert = Alerts.of(near, decaying);
        assertThat(alert.cosine()).isEqualTo(near.match().cosine());
        assertThat(alert.similarity()).isEqualTo(near.match().similarity());
        assertThat(Alerts.of(near, RULES).similarity()).as("without decay").isNull();
    }

    @Test
    void clustersAreStarsNotChains() {
        decide("a", 0, 0, 1, 0);
        assertDuplicate(decide("b", 1, 0.4, 2, 0), "a", MatchKind.NEAR, 2, true);
        // Close to b, which is no original; not close to a.
        assertThat(decide("c", 2, 0.6, 3, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        assertDuplicate(decide("d", 3, 0.35, 4, 0), "c", MatchKind.NEAR, 2, true);
    }

    @Test
    void theBestIsTheStrongestThenTheClosestThenTheEarliest() {
        decide("variant", 0, 0.0, 1, 9);
        decide("near", 1, 0.5, 2, 5);
        decide("exact", 2, 1.2, 3, 5);
        assertDuplicate(decide("e1", 3, 0.1, 9, 5), "near", MatchKind.NEAR, 2, true);
        // Equal text, cosine far below the threshold: a truncated or otherwise odd vector. Still the same text.
        Verdict far = decide("e2", 4, 0.1, 3, 5);
        assertDuplicate(far, "exact", MatchKind.EXACT, 2, true);
        assertThat(far.match().cosine()).isCloseTo((float) Math.cos(1.1), within(1e-4f));

        decide(event("y", 10, MODEL, at(0.3, 4), 20, 1));
        decide(event("x", 10, MODEL, at(0.3, 5), 21, 2));
        decide(event("z", 9, MODEL, at(0.3, 6), 22, 3));
        // Their figures differ, so all three passed; all are equally close to the next, and the earliest wins.
        assertThat(window.size()).isEqualTo(6);
        Verdict tie = decide(event("tie", 11, MODEL, new float[]{1, 0, 0, 0, 0.2f, 0.2f, 0.2f, 0}, 30, 4));
        assertThat(tie.match().original().id()).isEqualTo("z");
        assertThat(tie.match().kind()).isEqualTo(MatchKind.VARIANT);
    }

    @Test
    void anOriginalExactlyOneWindowOldStillMatches() {
        decide("a", 0, 0, 1, 0);
        assertDuplicate(decide("b", 1000, 0, 1, 0), "a", MatchKind.EXACT, 2, true);
        assertThat(decide("c", 1001, 0, 1, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        // Kept for the grace beside: an event that is late by no more than it still sees its whole window.
        decide("far", 1100, 1.5, 9, 0);
        assertDuplicate(decide("d", 1000, 0, 1, 0), "a", MatchKind.EXACT, 3, true);
        assertThat(window.get("a")).isNotNull();
        decide("far2", 1101, 1.5, 10, 1);
        assertThat(window.get("a")).isNull();
        assertThat(clusters.get("a")).isEqualTo(1);
    }

    @Test
    void outOfOrderEventsMatchLaterOriginals() {
        decide("a", 500, 0, 1, 0);
        assertDuplicate(decide("b", 100, 0, 1, 0), "a", MatchKind.EXACT, 2, true);
        decide("c", 1150, 1.5, 2, 0);
        assertThat(decide("d", 100, 1.5, 2, 0).outcome()).as("the original is 1050 ms later").isEqualTo(Outcome.UNIQUE);
    }

    @Test
    void lateEventsAreNeitherMatchedNorRemembered() {
        decide("a", 5000, 0, 1, 0);
        assertThat(decide("b", 3899, 0, 1, 0)).extracting(Verdict::outcome, Verdict::match, Verdict::suppressed)
                .containsExactly(Outcome.LATE, null, false);
        assertThat(window.get("b")).isNull();
        assertThat(dedup.streamTimeMs()).isEqualTo(5000);
        assertThat(decide("c", 3900, 1.5, 2, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        assertThat(window.get("c")).isNotNull();
        // Stream time survives a restart.
        dedup = new Deduplicator(RULES, window, clusters, 5000);
        assertThat(decide("d", 3899, 0, 1, 0).outcome()).isEqualTo(Outcome.LATE);
    }

    @Test
    void aSecondDeliveryIsNoDuplicateOfItself() {
        decide("a", 0, 0, 1, 0);
        assertDuplicate(decide("b", 1, 0, 1, 0), "a", MatchKind.EXACT, 2, true);
        assertThat(decide("a", 0, 0, 1, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        assertDuplicate(decide("c", 1, 0, 1, 0), "a", MatchKind.EXACT, 3, true);
        // An edit: another text, another cluster.
        assertThat(decide("a", 2, 1.5, 2, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        assertThat(clusters.get("a")).isEqualTo(1);
        assertThat(decide("d", 3, 0, 1, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        // An edit that makes it a copy: it leaves the window.
        assertDuplicate(decide("a", 4, 0, 1, 0), "d", MatchKind.EXACT, 2, true);
        assertThat(window.get("a")).isNull();
        assertThat(decide("e", 5, 1.5, 2, 0).outcome()).isEqualTo(Outcome.UNIQUE);
    }

    @Test
    void aStepIsABurstOnceAlsoOverARestart() {
        decide("o", 0, 0, 1, 0);
        int bursts = 0;
        for (int i = 2; i <= 25; i++) {
            // What a restart keeps: the window, the sizes, the stream time.
            dedup = new Deduplicator(RULES, window, clusters, dedup.streamTimeMs());
            Alert burst = Alerts.burst(decide("c" + i, i, 0, 1, 0), RULES);
            assertThat(burst != null).as("size %d", i).isEqualTo(i == 10);
            bursts += burst == null ? 0 : 1;
        }
        assertThat(bursts).isEqualTo(1);
    }

    @Test
    void deletesPurge() {
        decide("a", 0, 0, 1, 0);
        decide("b", 1, 0, 1, 0);
        assertThat(dedup.delete("a")).isTrue();
        assertThat(dedup.delete("a")).isFalse();
        assertThat(clusters.get("a")).isEqualTo(1);
        assertThat(decide("c", 2, 0, 1, 0).outcome()).isEqualTo(Outcome.UNIQUE);
    }

    @Test
    void refreshKeepsARepeatedOriginalAlive() {
        dedup = new Deduplicator(Windows.config(1000, 100, 0.9, true, Long.MAX_VALUE, COPIES), window, clusters,
                Long.MIN_VALUE);
        decide("a", 0, 0, 1, 0);
        for (int i = 1; i < 10; i++) {
            assertDuplicate(decide("c" + i, i * 900L, 0.1, 2, 0), "a", MatchKind.NEAR, 1 + i, true);
        }
        assertThat(window.get("a").lastSeenMs()).isEqualTo(8100);
        // A second delivery doesn't take that back.
        assertThat(decide("a", 7500, 0, 1, 0).outcome()).isEqualTo(Outcome.UNIQUE);
        assertThat(window.get("a").lastSeenMs()).isEqualTo(8100);
        decide("other", 9201, 1.5, 3, 0);
        assertThat(window.get("a")).isNull();
    }

    @Test
    void modelsNeverMeet() {
        decide("a", 0, 0, 1, 0);
        assertThat(decide(event("b", 1, Windows.model("r2", 8), at(0, 1), 1, 0)).outcome()).isEqualTo(Outcome.UNIQUE);
        assertDuplicate(decide(event("c", 2, Windows.model("r2", 8), at(0, 1), 1, 0)), "b", MatchKind.EXACT, 2, true);
    }

    @Test
    void anEmptyBatchIsFineAndABadVectorIsTheCallersBug() {
        assertThat(dedup.decide(List.of())).isEmpty();
        Embedding good = event("good", 1, MODEL, at(0, 1), 1, 0);
        Embedding bad = event("bad", 1, MODEL, new float[8], 1, 0);
        assertThatThrownBy(() -> dedup.decide(List.of(good, bad))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("event bad");
        assertThat(window.size()).isZero();
    }

    @Test
    void vectorCheckNamesTheFault() {
        assertThat(VectorCheck.check(event("e", 1, MODEL, at(0, 1), 1, 0))).isEmpty();
        float[] nan = at(0, 1);
        nan[3] = Float.NaN;
        assertThat(VectorCheck.check(event("e", 1, MODEL, nan, 1, 0)).orElseThrow().message())
                .contains("event e", "component 3", "NaN");
        nan[3] = Float.NEGATIVE_INFINITY;
        assertThat(VectorCheck.check(event("e", 1, MODEL, nan, 1, 0)).orElseThrow().message()).contains("-Infinity");
        assertThat(VectorCheck.check(event("e", 1, MODEL, new float[8], 1, 0)).orElseThrow().message())
                .contains("all 8 components are 0");
        assertThat(VectorCheck.check(event("e", 1, MODEL, new float[9], 1, 0)).orElseThrow().message())
                .contains("9 components", "test-model", "dimension 8");
    }

    @Test
    void anAlertExplainsItself() {
        decide("a", 7, 0, 1, 5);
        Verdict v = decide("b", 9, 0.1, 2, 6);
        Alert alert = Alerts.of(v, RULES);
        assertThat(alert.kind()).isEqualTo(AlertKind.NEAR_DUPLICATE);
        assertThat(alert.eventId()).isEqualTo("b");
        assertThat(alert.originalId()).isEqualTo("a");
        assertThat(alert.matchKind()).isEqualTo(MatchKind.VARIANT);
        assertThat(alert.threshold()).isEqualTo(0.9);
        assertThat(alert.cosine()).isCloseTo(Math.cos(0.1), within(1e-6));
        assertThat(alert.eventTimeMs()).isEqualTo(9);
        assertThat(alert.originalTimeMs()).isEqualTo(7);
        assertThat(alert.clusterSize()).isEqualTo(2);
        assertThat(alert.suppressed()).isFalse();
        assertThat(alert.onlyInEvent()).containsExactly("2");
        assertThat(alert.onlyInOriginal()).containsExactly("1");
        assertThat(alert.text()).isEqualTo("text 2");
        assertThat(alert.originalText()).isEqualTo("text 1");

        Embedding e = v.event();
        Verdict silent = new Verdict(new Embedding(e.event().withoutText(), e.source(), MODEL, "none", e.vector(), 4,
                false, e.textHash(), 0, null), Outcome.DUPLICATE, v.match(), true);
        assertThat(Alerts.of(silent, RULES).onlyInOriginal()).isEmpty();
        assertThatThrownBy(() -> Alerts.of(new Verdict(e, Outcome.UNIQUE, null, false), RULES))
                .hasMessageContaining("event b is UNIQUE");
        assertThatThrownBy(() -> new Verdict(e, Outcome.LATE, v.match(), false)).hasMessageContaining("LATE");
    }
}
