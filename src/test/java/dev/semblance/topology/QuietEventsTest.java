package dev.semblance.topology;

import static dev.semblance.topology.DetectDriver.APPENDED_MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes before {@code detect.emit.from} is decided as ever, but nothing is written about it. */
class QuietEventsTest {

    /** Six records, the border after the fourth of them. */
    private static DetectDriver sixRecords(String... options) {
        DetectDriver detect = new DetectDriver(options);
        detect.appendedAt(APPENDED_MS - 1).event("1", 0, "a", 0).event("2", 1, "a", 0).event("3", 2, "b", 90)
                .delete("3");
        return detect.appendedAt(APPENDED_MS).event("4", 3, "a", 0).event("5", 4, "b", 90).tick();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:4", "instant", "ms"})
    void theBorderIsExact(String border) {
        String from = switch (border) {
            case "instant" -> Instant.ofEpochMilli(APPENDED_MS).toString();
            case "ms" -> String.valueOf(APPENDED_MS);
            default -> border;
        };
        try (DetectDriver detect = sixRecords("burst.steps=3", "detect.emit.from=" + from);
                DetectDriver all = sixRecords("burst.steps=3")) {
            assertThat(all.matches()).containsExactly("EXACT 2→1", "EXACT 4→1", "EXACT 4→1");
            assertThat(all.unique()).containsExactly("1", "3", "-3", "5");

            List<Alert> alerts = detect.alerts();
            assertThat(alerts).extracting(Alert::eventId).containsOnly("4");
            assertThat(alerts).extracting(Alert::kind).containsExactly(AlertKind.NEAR_DUPLICATE, AlertKind.BURST);
            assertThat(alerts).extracting(Alert::clusterSize).as("with what was decided quietly").containsOnly(3L);
            assertThat(detect.unique()).containsExactly("5");

            assertThat(detect.window()).isEqualTo(all.window()).containsExactly("1", "5");
            assertThat(detect.clusterSize("1")).isEqualTo(all.clusterSize("1")).isEqualTo(3);
            assertThat(detect.count("semblance.detect.quiet")).isEqualTo(4);
            assertThat(detect.count("semblance.detect.events")).isEqualTo(2);
            assertThat(detect.count("semblance.detect.alerts")).isEqualTo(2);
            assertThat(all.count("semblance.detect.quiet")).isZero();
            detect.tick();
            assertThat(detect.slots()).isZero();
        }
    }

    @Test
    void neverIsQuietThroughout() {
        try (DetectDriver detect = sixRecords("detect.emit.from=never")) {
            assertThat(detect.alerts()).isEmpty();
            assertThat(detect.unique()).isEmpty();
            assertThat(detect.window()).containsExactly("1", "5");
            assertThat(detect.clusterSize("1")).isEqualTo(3);
            assertThat(detect.count("semblance.detect.quiet")).isEqualTo(6);
        }
    }

    /** A late event must not become the original of one that is in the unique topic already. */
    @Test
    void quietEventsAreDecidedBeforeTheOthersWhateverTheirTimes() {
        try (DetectDriver detect = new DetectDriver("reorder=200ms", "detect.emit.from=0:2")) {
            detect.event("1", 100, "a", 0).event("2", 50, "b", 90).event("3", 40, "a", 0).event("4", 60, "b", 90)
                    .after(Duration.ofMillis(200));
            assertThat(detect.matches()).containsExactly("EXACT 3→1", "EXACT 4→2");
            assertThat(detect.unique()).isEmpty();
        }
    }

    @Test
    void streamTimeGoesOnQuietly() {
        try (DetectDriver detect = new DetectDriver("window=60s", "grace=10s", "detect.emit.from=0:1")) {
            detect.event("1", 1000, "a", 0).event("2", 929, "b", 90).event("3", 1000, "c", 45).tick();
            assertThat(detect.unique()).containsExactly("3");
            assertThat(detect.count("semblance.detect.late")).isEqualTo(1);
        }
    }

    @Test
    void aPairIsWrittenWhereItsSecondEventIs() {
        try (DetectDriver detect = new DetectDriver("detect.mode=pairs", "detect.emit.from=0:2")) {
            detect.event("1", 0, "a", 0).event("2", 1, "a", 0).event("3", 2, "a", 0).tick();
            assertThat(detect.matches()).containsExactly("EXACT 3→1", "EXACT 3→2");
            assertThat(detect.unique()).containsExactly("3");
            detect.delete("1").tick();
            assertThat(detect.unique()).containsExactly("-1");
        }
    }
}
