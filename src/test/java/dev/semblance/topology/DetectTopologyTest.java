package dev.semblance.topology;

import static dev.semblance.topology.DetectDriver.APPENDED_MS;
import static dev.semblance.topology.DetectDriver.MODEL;
import static dev.semblance.topology.DetectDriver.T;
import static dev.semblance.topology.DetectDriver.at;
import static dev.semblance.topology.DetectDriver.embedding;
import static dev.semblance.topology.Letters.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the detect application decides, over the whole path from the embeddings topic to its outputs. */
class DetectTopologyTest {

    @ParameterizedTest
    @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
    void copiesAreKeptFromUniqueAndExplained(String guarantee) {
        try (DetectDriver detect = new DetectDriver("processing.guarantee=" + guarantee, "metered.sources=20")) {
            detect.event("1", 0, "Rates go up 5 bp", 0).event("2", 60, "RATES  go up 5 bp", 0)
                    .event("3", 120, "Rates went up 5 bp", 20).event("4", 180, "Rates go up 7 bp", 10)
                    .event("5", 240, "Something else", 80).tick();

            List<TestRecord<byte[], byte[]>> records = detect.alertRecords();
            assertThat(records).extracting(r -> utf8(r.key())).containsExactly("2", "3", "4");
            assertThat(records).extracting(TestRecord::timestamp).containsOnly(APPENDED_MS);
            List<Alert> alerts = records.stream().map(r -> detect.codec.decodeAlert(r.value())).toList();
            assertThat(alerts).extracting(Alert::matchKind)
                    .containsExactly(MatchKind.EXACT, MatchKind.NEAR, MatchKind.VARIANT);

            Alert near = alerts.get(1);
            assertThat(near.kind()).isEqualTo(AlertKind.NEAR_DUPLICATE);
            assertThat(near.eventId()).isEqualTo("3");
            assertThat(near.originalId()).isEqualTo("1");
            assertThat(near.cosine()).isCloseTo(Math.cos(Math.toRadians(20)), within(1e-5));
            assertThat(near.threshold()).isEqualTo(0.9);
            assertThat(near.eventTimeMs()).isEqualTo(T + 120_000);
            assertThat(near.originalTimeMs()).isEqualTo(T);
            assertThat(near.clusterSize()).isEqualTo(3);
            assertThat(near.suppressed()).isTrue();
            assertThat(near.onlyInEvent()).containsExactly("went");
            assertThat(near.onlyInOriginal()).containsExactly("go");
            assertThat(near.text()).isEqualTo("Rates went up 5 bp");
            assertThat(near.originalText()).isEqualTo("Rates go up 5 bp");
            assertThat(near.labels()).isEmpty();
            assertThat(near.model()).isEqualTo(MODEL);

            Alert variant = alerts.get(2);
            assertThat(variant.suppressed()).isFalse();
            assertThat(variant.onlyInEvent()).containsExactly("7");
            assertThat(variant.onlyInOriginal()).containsExactly("5");

            assertThat(detect.unique()).containsExactly("1", "4", "5");
            assertThat(detect.window()).containsExactly("1", "4", "5");
            detect.tick();
            assertThat(detect.slots()).isZero();
            assertThat(detect.count("semblance.detect.events")).isEqualTo(5);
            assertThat(detect.count("semblance.detect.unique")).isEqualTo(3);
            assertThat(detect.count("semblance.detect.suppressed")).isEqualTo(2);
            assertThat(detect.count("semblance.detect.alerts")).isEqualTo(3);
            assertThat(detect.count("semblance.detect.duplicates")).isEqualTo(3);
            assertThat(detect.count("semblance.detect.source.events")).isEqualTo(5);
            assertThat(detect.count("semblance.detect.source.suppressed")).isEqualTo(2);
        }
    }

    @Test
    void uniqueCarriesTheWholeEvent() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.event("1", 5, "Rates go up", 0).tick();
            TestRecord<byte[], byte[]> record = detect.uniqueRecords().getFirst();
            assertThat(utf8(record.key())).isEqualTo("1");
            assertThat(record.timestamp()).isEqualTo(APPENDED_MS);
            assertThat(record.headers()).as("internal headers stay inside").isEmpty();
            assertThat(detect.codec.decodeTextEvent(record.value())).isEqualTo(new TextEvent("1", "Rates go up",
                    T + 5000, "ann", "en", Map.of("source", "web", "n", "1")));
        }
    }

    @Test
    void uniqueCarriesTheSourceWhereItWasKept() {
        try (DetectDriver detect = new DetectDriver()) {
            Embedding e = embedding("1", 0, "Rates go up", at(0), MODEL);
            byte[] source = utf8("{\"text\":\"Rates go up\"}");
            detect.event(new Embedding(e.event(), e.source(), e.model(), e.preprocessing(), e.vector(), e.tokenCount(),
                    e.truncated(), e.textHash(), e.figuresHash(), source)).tick();
            assertThat(detect.uniqueRecords().getFirst().value()).isEqualTo(detect.codec.encode(e.event(), source));
        }
    }

    @Test
    void withoutTextsAlertsHaveNone() {
        try (DetectDriver detect = new DetectDriver()) {
            for (String id : List.of("1", "2")) {
                Embedding e = embedding(id, 0, "Rates go up", at(0), MODEL);
                detect.event(new Embedding(e.event().withoutText(), e.source(), e.model(), e.preprocessing(),
                        e.vector(), e.tokenCount(), e.truncated(), e.textHash(), e.figuresHash(), null));
            }
            Alert alert = detect.tick().alerts().getFirst();
            assertThat(alert.matchKind()).isEqualTo(MatchKind.EXACT);
            assertThat(alert.text()).isNull();
            assertThat(alert.originalText()).isNull();
            assertThat(alert.onlyInEvent()).isEmpty();
        }
    }

    @Test
    void whatIsSuppressedIsSetByConfig() {
        try (DetectDriver detect = new DetectDriver("dedup.kinds=EXACT,VARIANT")) {
            detect.event("1", 0, "up 5", 0).event("2", 1, "up 5", 0).event("3", 2, "up by 5", 1)
                    .event("4", 3, "up 7", 2).tick();
            assertThat(detect.alerts()).extracting(Alert::suppressed).containsExactly(true, false, true);
            assertThat(detect.unique()).containsExactly("1", "3");
        }
        try (DetectDriver detect = new DetectDriver("dedup.kinds=", "threshold=0.95")) {
            detect.event("1", 0, "up 5", 0).event("2", 1, "up 5", 0).event("3", 2, "other", 20).tick();
            assertThat(detect.matches()).as("cos 20° = 0.94").containsExactly("EXACT 2→1");
            assertThat(detect.unique()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void clustersAreStarsAroundOriginals() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.event("1", 0, "a", 0).event("2", 1, "b", 20).event("3", 2, "c", 40).event("4", 3, "d", 10).tick();
            // 3 is close to the copy 2, but not to the original 1: no chains.
            assertThat(detect.matches()).containsExactly("NEAR 2→1", "NEAR 4→1");
            assertThat(detect.unique()).containsExactly("1", "3");
            detect.event("5", 4, "e", 22).tick();
            assertThat(detect.alerts().getFirst()).satisfies(alert -> {
                assertThat(alert.originalId()).as("18° from 3, 22° from 1").isEqualTo("3");
                assertThat(alert.clusterSize()).isEqualTo(2);
            });
            assertThat(detect.clusterSize("1")).isEqualTo(3);
            assertThat(detect.clusterSize("3")).isEqualTo(2);
            assertThat(detect.clusterSize("2")).isNull();
        }
    }

    @Test
    void aClusterCountsItsMembers() {
        try (DetectDriver detect = new DetectDriver("scan.max.rows=4")) {
            for (int i = 0; i < 11; i++) {
                detect.event("e" + i, i, "the same", 0);
            }
            assertThat(detect.tick().alerts()).filteredOn(a -> a.kind() == AlertKind.NEAR_DUPLICATE)
                    .extracting(Alert::clusterSize).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
            assertThat(detect.unique()).containsExactly("e0");
        }
    }

    @Test
    void aClusterThatGrowsGivesABurstAStep() {
        try (DetectDriver detect = new DetectDriver("burst.steps=3,5", "scan.max.rows=4")) {
            for (int i = 0; i < 4; i++) {
                detect.event("e" + i, 600L * i, "the same", 0);
            }
            List<TestRecord<byte[], byte[]>> records = detect.tick().alertRecords();
            assertThat(records).extracting(r -> utf8(r.key())).containsExactly("e1", "e2", "e2", "e3");
            Alert burst = detect.codec.decodeAlert(records.get(2).value());
            assertThat(burst.kind()).isEqualTo(AlertKind.BURST);
            assertThat(burst.originalId()).isEqualTo("e0");
            assertThat(burst.clusterSize()).isEqualTo(3);
            assertThat(burst.ratePerHour()).as("2 copies in 20 minutes").isCloseTo(6.0, within(1e-9));
            assertThat(burst.matchKind()).isEqualTo(MatchKind.EXACT);
            assertThat(burst.originalText()).isEqualTo("the same");
            // 5 is a step, 6 is none; another cluster has steps of its own, and so has one that begins again.
            detect.event("e4", 2400, "the same", 0).event("e5", 2401, "the same", 0).tick();
            assertThat(detect.alerts().stream().filter(a -> a.kind() == AlertKind.BURST).map(Alert::eventId))
                    .containsExactly("e4");
            detect.delete("e0");
            for (int i = 0; i < 4; i++) {
                detect.event("f" + i, 2500, "the same", 0).event("g" + i, 2500, "another", 90);
            }
            assertThat(detect.tick().alerts().stream().filter(a -> a.kind() == AlertKind.BURST)).allSatisfy(
                    a -> assertThat(a.ratePerHour()).as("all of them at one time").isNull()).extracting(Alert::eventId)
                    .containsExactly("f2", "g2");
            assertThat(detect.registry.get("semblance.detect.alerts").tag("kind", "BURST").counter().count())
                    .isEqualTo(4);
        }
        try (DetectDriver detect = new DetectDriver("burst.steps=")) {
            for (int i = 0; i < 12; i++) {
                detect.event("e" + i, i, "the same", 0);
            }
            assertThat(detect.tick().alerts()).hasSize(11).extracting(Alert::kind)
                    .containsOnly(AlertKind.NEAR_DUPLICATE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scan.max.rows=64", "scan.max.rows=1"})
    void pairsModeReportsEveryPairAndPassesEverything(String rows) {
        try (DetectDriver detect = new DetectDriver("detect.mode=pairs", "burst.steps=2,3", "window=60s", "grace=10s",
                rows)) {
            detect.event("1", 10, "up 5", 0).event("2", 11, "up 5", 0).event("3", 12, "up 7", 10)
                    .event("4", 13, "chained", 34).event("5", 14, "other", 90).event("0", 9, "up 5", 0)
                    .event("2", 11, "up 5", 0).event("late", -57, "up 5", 0).event("6", 71, "up 5", 0).tick();
            List<TestRecord<byte[], byte[]>> records = detect.alertRecords();
            List<Alert> alerts = records.stream().map(r -> detect.codec.decodeAlert(r.value())).toList();
            assertThat(alerts.stream().map(a -> a.matchKind() + " " + a.eventId() + "→" + a.originalId()))
                    .containsExactly("EXACT 2→1", "VARIANT 3→1", "VARIANT 3→2", "VARIANT 4→3", "EXACT 1→0",
                            "EXACT 2→0", "VARIANT 3→0", "EXACT 6→2", "VARIANT 6→3");
            assertThat(records).extracting(r -> utf8(r.key()))
                    .containsExactlyElementsOf(alerts.stream().map(Alert::eventId).toList());
            assertThat(alerts).extracting(Alert::kind).as("no bursts").containsOnly(AlertKind.NEAR_DUPLICATE);
            assertThat(alerts).extracting(Alert::suppressed).containsOnly(false);
            assertThat(detect.unique()).containsExactly("1", "2", "3", "4", "5", "0", "2", "6");
            assertThat(detect.count("semblance.detect.events")).isEqualTo(9);
            assertThat(detect.count("semblance.detect.unique")).isEqualTo(8);
            assertThat(detect.count("semblance.detect.late")).isEqualTo(1);
            assertThat(detect.count("semblance.detect.alerts")).isEqualTo(9);
            detect.delete("6").delete("2").event("7", 71, "up 5", 0).tick();
            assertThat(detect.matches()).containsExactly("VARIANT 7→3");
            assertThat(detect.unique()).containsExactly("-6", "-2", "7");
            detect.tick();
            assertThat(detect.slots()).isZero();
        }
    }

    /** More pairs than one scan should find: the scans get shorter, and nothing else changes. */
    @Test
    void aBurstOfCopiesIsPairedOneWithEachOther() {
        try (DetectDriver detect = new DetectDriver("detect.mode=pairs")) {
            int copies = 300;
            for (int i = 0; i < copies; i++) {
                detect.event("e" + i, i, "the same", 0);
            }
            detect.tick();
            assertThat(detect.matches()).doesNotHaveDuplicates().hasSize(copies * (copies - 1) / 2);
            assertThat(detect.unique()).hasSize(copies);
            detect.tick();
            assertThat(detect.slots()).isZero();
        }
    }

    @Test
    void aFullScanBatchDoesNotWaitForTheClock() {
        try (DetectDriver detect = new DetectDriver("scan.max.rows=3")) {
            detect.event("1", 0, "a", 0).event("2", 1, "b", 30);
            assertThat(detect.unique()).isEmpty();
            assertThat(detect.slots()).isEqualTo(2);
            detect.event("3", 2, "c", 60);
            assertThat(detect.unique()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void lateEventsAreCountedOnly() {
        try (DetectDriver detect = new DetectDriver("window=60s", "grace=10s")) {
            detect.event("now", 1000, "a", 0).event("edge", 930, "b", 90).event("late", 929, "a", 0).tick();
            assertThat(detect.unique()).containsExactly("now", "edge");
            assertThat(detect.matches()).isEmpty();
            assertThat(detect.deadLetters()).isEmpty();
            assertThat(detect.count("semblance.detect.late")).isEqualTo(1);
            assertThat(detect.count("semblance.detect.events")).isEqualTo(3);
            assertThat(detect.window()).doesNotContain("late");
            detect.tick();
            assertThat(detect.slots()).isZero();
        }
    }

    @Test
    void originalsExpireByEventTime() {
        try (DetectDriver detect = new DetectDriver("window=60s", "grace=10s")) {
            detect.event("1", 0, "a", 0).event("2", 60, "a", 0).tick();
            assertThat(detect.matches()).as("exactly one window old").containsExactly("EXACT 2→1");
            assertThat(detect.clusterSize("1")).isEqualTo(2);
            detect.after(Duration.ofDays(2)).event("3", 61, "a", 0).tick();
            assertThat(detect.matches()).isEmpty();
            assertThat(detect.window()).containsExactly("1", "3");
            detect.event("4", 71, "b", 90).tick();
            assertThat(detect.window()).as("1 is past window and grace").containsExactly("3", "4");
            assertThat(detect.clusterSize("1")).isNull();
        }
    }

    @Test
    void repetitionKeepsAnOriginalAliveWithRefresh() {
        try (DetectDriver detect = new DetectDriver("window=60s", "grace=0ms", "refresh=true")) {
            for (int i = 0; i <= 4; i++) {
                detect.event("e" + i, 50L * i, "a", 0);
            }
            assertThat(detect.tick().matches()).containsExactly("EXACT e1→e0", "EXACT e2→e0", "EXACT e3→e0",
                    "EXACT e4→e0");
        }
    }

    @Test
    void outOfOrderEventsFindTheirOriginal() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.event("later", 100, "a", 0).tick().event("earlier", 40, "a", 0).tick();
            Alert alert = detect.alerts().getFirst();
            assertThat(alert.eventId()).isEqualTo("earlier");
            assertThat(alert.originalId()).as("decided first").isEqualTo("later");
            assertThat(alert.originalTimeMs()).isGreaterThan(alert.eventTimeMs());
        }
    }

    @Test
    void eventsAreHeldForTheOrderOfTheirTimes() {
        try (DetectDriver detect = new DetectDriver("reorder=200ms")) {
            detect.event("3", 30, "a", 0).event("1", 10, "a", 0).event("2", 20, "b", 90).tick();
            assertThat(detect.unique()).as("sources not heard of yet may show up").isEmpty();
            assertThat(detect.slots()).isEqualTo(3);
            detect.after(Duration.ofMillis(190));
            assertThat(detect.unique()).isEmpty();
            detect.after(Duration.ofMillis(10));
            assertThat(detect.unique()).containsExactly("1", "2");
            assertThat(detect.matches()).as("the earlier one is the original").containsExactly("EXACT 3→1");
            detect.tick();
            assertThat(detect.slots()).isZero();
        }
    }

    @Test
    void theSameTimeIsOrderedById() {
        try (DetectDriver detect = new DetectDriver("reorder=200ms")) {
            detect.event("b", 10, "a", 0).event("c", 10, "a", 0).event("a", 10, "a", 0)
                    .after(Duration.ofMillis(200));
            assertThat(detect.matches()).containsExactly("EXACT b→a", "EXACT c→a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0ms", "200ms"})
    void aDeletePurgesTheEvent(String reorder) {
        try (DetectDriver detect = new DetectDriver("reorder=" + reorder)) {
            detect.event("1", 0, "a", 0).event("2", 1, "a", 0).delete("1").event("3", 2, "a", 0)
                    .event("4", 3, "a", 0).after(Duration.ofMillis(200));
            assertThat(detect.matches()).containsExactly("EXACT 2→1", "EXACT 4→3");
            assertThat(detect.unique()).containsExactly("1", "-1", "3");
            assertThat(detect.window()).containsExactly("3");
            assertThat(detect.clusterSize("1")).isNull();
            detect.delete("1").delete("unheard of").tick();
            assertThat(detect.unique()).as("what is already gone is said again").containsExactly("-1", "-unheard of");
            detect.tick();
            assertThat(detect.slots()).isZero();
            assertThat(detect.count("semblance.detect.events")).isEqualTo(4);
        }
    }

    @Test
    void aSecondDeliveryIsNoDuplicateOfItself() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.event("1", 0, "a", 0).event("1", 0, "a", 0).tick().event("1", 0, "a", 0).tick();
            assertThat(detect.alerts()).isEmpty();
            assertThat(detect.unique()).as("the same record again: upsert by key").containsExactly("1", "1", "1");
            assertThat(detect.window()).containsExactly("1");
            detect.event("2", 1, "a", 0).event("2", 1, "a", 0).tick();
            assertThat(detect.matches()).containsExactly("EXACT 2→1", "EXACT 2→1");
        }
    }

    @Test
    void vectorsOfTwoModelsAreNeverCompared() {
        ModelIdentity revised = new ModelIdentity(MODEL.id(), "b".repeat(64), 4, "mean", true, 64, "fp32");
        ModelIdentity wider = new ModelIdentity("test/wide", "c".repeat(64), 5, "mean", true, 64, "fp32");
        try (DetectDriver detect = new DetectDriver()) {
            detect.event("1", 0, "a", 0).event(embedding("2", 1, "a", at(0), revised))
                    .event(embedding("3", 2, "a", new float[]{1, 0, 0, 0, 0}, wider))
                    .event(embedding("4", 3, "a", at(0), revised)).event("5", 4, "a", 0).tick();
            assertThat(detect.matches()).containsExactly("EXACT 4→2", "EXACT 5→1");
            assertThat(detect.unique()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void coarserVectorsAreComparedAllTheSame() {
        try (DetectDriver detect = new DetectDriver()) {
            int seconds = 0;
            for (VectorEncoding encoding : VectorEncoding.values()) {
                Embedding e = embedding("e" + encoding, seconds++, "text " + encoding, at(seconds), MODEL);
                detect.raw(utf8(e.event().id()), detect.codec.encode(e, encoding),
                        new org.apache.kafka.common.header.internals.RecordHeaders());
            }
            assertThat(detect.tick().alerts()).hasSize(2).allSatisfy(alert -> {
                assertThat(alert.originalId()).isEqualTo("eF32");
                assertThat(alert.cosine()).isBetween(0.998, 1.000001);
            });
        }
    }
}
