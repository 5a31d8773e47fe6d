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
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** Watches in the detect application: what reports what, since when, and what cannot harm it. */
class DetectWatchesTest {

    private static final float MARK = 12345.678f;

    private static WatchVector watch(String id, Double threshold, double degrees, String... labels) {
        return new WatchVector(new Watch(id, "storm warning", threshold, List.of(labels)), MODEL, at(degrees));
    }

    /** {@code event→watch} of each new WATCH alert. */
    private static List<String> watched(DetectDriver detect) {
        return detect.alerts().stream().filter(a -> a.kind() == AlertKind.WATCH)
                .map(a -> a.eventId() + "→" + a.originalId()).toList();
    }

    @Test
    void anAlertNamesWatchCosineAndWhy() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.watch(watch("w1", 0.8, 0, "weather", "coast"), 5);
            detect.eventAppended(embedding("e1", 3, "Storm warning for the coast", at(30), MODEL), 7);
            List<TestRecord<byte[], byte[]>> records = detect.alertRecords();
            assertThat(records).hasSize(1);
            assertThat(records.getFirst().key()).isEqualTo(utf8("e1"));
            assertThat(records.getFirst().timestamp()).isEqualTo(APPENDED_MS + 7);
            Alert alert = detect.codec.decodeAlert(records.getFirst().value());
            assertThat(alert.kind()).isEqualTo(AlertKind.WATCH);
            assertThat(alert.eventId()).isEqualTo("e1");
            assertThat(alert.originalId()).isEqualTo("w1");
            assertThat(alert.matchKind()).isNull();
            assertThat(alert.cosine()).isCloseTo(Math.cos(Math.toRadians(30)), within(1e-6));
            assertThat(alert.threshold()).isEqualTo(0.8);
            assertThat(alert.eventTimeMs()).isEqualTo(T + 3_000);
            assertThat(alert.originalTimeMs()).as("since when the watch is in force").isEqualTo(APPENDED_MS + 5);
            assertThat(alert.clusterSize()).isZero();
            assertThat(alert.suppressed()).isFalse();
            assertThat(alert.onlyInEvent()).containsExactly("for", "the", "coast");
            assertThat(alert.onlyInOriginal()).isEmpty();
            assertThat(alert.text()).isEqualTo("Storm warning for the coast");
            assertThat(alert.originalText()).isEqualTo("storm warning");
            assertThat(alert.labels()).containsExactly("weather", "coast");
            assertThat(alert.model()).isEqualTo(MODEL);
            assertThat(detect.tick().unique()).containsExactly("e1");
            assertThat(detect.count("semblance.detect.alerts")).isEqualTo(1);
        }
    }

    @Test
    void eachWatchHasItsOwnThresholdAndTheClosestComesFirst() {
        try (DetectDriver detect = new DetectDriver("threshold=0.9")) {
            detect.watch(watch("far", 0.5, 0), 0).watch(watch("b", 0.6, 40), 0).watch(watch("a", 0.6, 40), 0)
                    .watch(watch("strict", 0.99, 40), 0).watch(watch("standard", null, 30), 0)
                    .watch(watch("closest", null, 51), 0);
            detect.event("e", 0, "a", 50);
            assertThat(watched(detect)).containsExactly("e→closest", "e→a", "e→b", "e→standard", "e→far");
        }
    }

    @Test
    void aVersionReportsWhatWasAppendedAfterItAndBeforeTheNext() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.watch(watch("w", 0.9, 0), 100).watch(watch("w", 0.9, 60), 200);
            detect.watchVector(utf8("w"), null, 300);
            for (long appended : new long[]{99, 100, 150, 199, 200, 250, 299, 300, 400}) {
                detect.eventAppended(embedding("old-" + appended, 0, "a", at(0), MODEL), appended);
                detect.eventAppended(embedding("new-" + appended, 0, "a", at(60), MODEL), appended);
            }
            assertThat(watched(detect)).containsExactly("old-100→w", "old-150→w", "old-199→w", "new-200→w",
                    "new-250→w", "new-299→w");
            detect.watch(watch("w", 0.9, 0), 500);
            detect.eventAppended(embedding("again", 0, "a", at(0), MODEL), 500);
            assertThat(watched(detect)).containsExactly("again→w");
        }
    }

    /** Whether an event is a duplicate, or late, is not known yet where watches are matched. */
    @Test
    void duplicatesAndLateEventsAndRepeatsAlertToo() {
        try (DetectDriver detect = new DetectDriver("window=1h", "grace=0ms")) {
            detect.watch(watch("w", 0.9, 0), 0);
            detect.event("1", 10_000, "a", 0).event("2", 10_001, "a", 0).event("late", 0, "a", 0).event("1", 10_000,
                    "a", 0).delete("1");
            assertThat(watched(detect)).containsExactly("1→w", "2→w", "late→w", "1→w");
        }
    }

    @Test
    void eventsAndWatchesOfOtherModelsNeverMeet() {
        ModelIdentity newer = new ModelIdentity(MODEL.id(), "b".repeat(64), 4, "mean", true, 64, "fp32");
        try (DetectDriver detect = new DetectDriver()) {
            detect.watch(watch("w", 0.9, 0), 0);
            detect.event(embedding("other", 0, "a", at(0), newer)).event("same", 0, "a", 0);
            assertThat(watched(detect)).containsExactly("same→w");
            detect.event(embedding("other2", 0, "a", at(0), newer));
            assertThat(detect.gauge("semblance.watch.other.model")).isEqualTo(1);
            detect.watch(new WatchVector(new Watch("w", "storm", 0.9, List.of()), newer, at(0)), 1);
            detect.eventAppended(embedding("other3", 0, "a", at(0), newer), 1);
            detect.eventAppended(embedding("same2", 0, "a", at(0), MODEL), 1);
            assertThat(watched(detect)).containsExactly("other3→w");
            assertThat(detect.gauge("semblance.watch.live")).isEqualTo(1);
        }
    }

    private static byte[] patched(byte[] bytes, float value) {
        byte[] copy = bytes.clone();
        ByteBuffer buffer = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i <= copy.length - Float.BYTES; i++) {
            if (buffer.getFloat(i) == MARK) {
                buffer.putFloat(i, value);
                return copy;
            }
        }
        throw new AssertionError("no mark");
    }

    /** An exception of the global thread would end the application. */
    @Test
    void whatCannotBeAWatchIsRefusedAndEndsTheOneBefore() {
        try (DetectDriver detect = new DetectDriver("text.max.bytes=100", "watch.max=4")) {
            byte[] good = detect.codec.encode(watch("w", 0.9, 0), VectorEncoding.F32);
            byte[] marked = detect.codec.encode(
                    new WatchVector(new Watch("w", "a", 0.9, List.of()), MODEL, new float[]{0, MARK, 0, 0}),
                    VectorEncoding.F32);
            List<byte[]> bad = List.of(new byte[0], utf8("{\"text\":\"x\"}"), java.util.Arrays.copyOf(good, 30),
                    patched(marked, Float.NaN), patched(marked, Float.POSITIVE_INFINITY), patched(marked, 0),
                    detect.codec.encode(embedding("w", 0, "a", at(0), MODEL), VectorEncoding.F32),
                    encoded(detect, "other", "a", 0.9, List.of()), encoded(detect, "w", "a", 0.49, List.of()),
                    encoded(detect, "w", "a", 1.0, List.of()), encoded(detect, "w", "a", Double.NaN, List.of()),
                    encoded(detect, "w", "x".repeat(101), 0.9, List.of()),
                    encoded(detect, "w", "a", 0.9, Collections.nCopies(65, "l")),
                    encoded(detect, "w", "a", 0.9, List.of("l".repeat(257))), new byte[5 << 20]);
            for (int i = 0; i < bad.size(); i++) {
                detect.watchVector(utf8("w"), good, 2 * i).watchVector(utf8("w"), bad.get(i), 2 * i + 1);
                assertThat(detect.gauge("semblance.watch.live")).as("record %d", i).isZero();
                assertThat(detect.count("semblance.watch.refused")).as("record %d", i).isEqualTo(i + 1);
            }
            detect.watchVector(null, good, 90).watchVector(new byte[0], good, 90);
            assertThat(detect.count("semblance.watch.refused")).isEqualTo(bad.size() + 2);
            for (int i = 0; i < 5; i++) {
                detect.watch(watch("w" + i, 0.9, 0), 100);
            }
            assertThat(detect.gauge("semblance.watch.live")).isEqualTo(4);
            detect.eventAppended(embedding("e", 0, "a", at(0), MODEL), 100);
            assertThat(watched(detect)).containsExactly("e→w0", "e→w1", "e→w2", "e→w3");
        }
    }

    private static byte[] encoded(DetectDriver detect, String id, String text, double threshold, List<String> labels) {
        return detect.codec.encode(new WatchVector(new Watch(id, text, threshold, labels), MODEL, at(0)),
                VectorEncoding.F32);
    }

    @Test
    void badEmbeddingsAndDeletesMatchNothing() {
        try (DetectDriver detect = new DetectDriver()) {
            detect.watch(watch("w", 0.5, 0), 0);
            detect.event(embedding("zero", 0, "a", new float[4], MODEL)).delete("x");
            assertThat(detect.alertRecords()).isEmpty();
            assertThat(detect.deadLetters()).hasSize(1);
        }
    }
}
