package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long SECOND_NS = 1_000_000_000;

    private final StringWriter err = new StringWriter();

    private Progress progress(boolean terminal, long total) {
        return new Progress(new PrintWriter(err), terminal, "texts", total, 0);
    }

    @Test
    void onATerminalOneLineIsRedrawnInPlace() {
        try (Progress progress = progress(true, 1000)) {
            progress.update(100, "", SECOND_NS);
            assertThat(err.toString()).isEqualTo("\r[##                      ] 10% 100 texts, 100/s, 9s left\u001b[K");
            err.getBuffer().setLength(0);
            progress.update(101, "", SECOND_NS + 1);
            assertThat(err.toString()).isEmpty();
            progress.update(1000, "3 alerts", 10 * SECOND_NS);
            assertThat(err.toString())
                    .isEqualTo("\r[########################] 100% 1,000 texts, 100/s, 3 alerts\u001b[K");
            err.getBuffer().setLength(0);
        }
        assertThat(err.toString()).isEqualTo("\r\u001b[K");
    }

    @Test
    void elsewhereALineEveryTenSeconds() {
        try (Progress progress = progress(false, -1)) {
            for (int i = 1; i <= 25; i++) {
                progress.update(i * 1000L, "", i * SECOND_NS);
            }
        }
        assertThat(err.toString().lines()).containsExactly("10,000 texts, 1,000/s", "20,000 texts, 1,000/s");
    }

    @Test
    void theRateFollowsAndTheTimeLeftIsReadable() {
        try (Progress progress = progress(true, 100_000)) {
            progress.update(10, "", SECOND_NS);
            assertThat(err.toString()).contains("10/s, 2h46m left");
            progress.update(1010, "", 2 * SECOND_NS);
            assertThat(err.toString()).contains("307/s, 5m23s left");
            progress.update(1010, "", 3 * SECOND_NS);
            assertThat(err.toString()).contains("215/s");
        }
    }

    @Test
    void clearingMakesRoomAndTheNextUpdateDrawsAgain() {
        try (Progress progress = progress(true, -1)) {
            progress.clear();
            assertThat(err.toString()).isEmpty();
            progress.update(5, "", SECOND_NS);
            progress.clear();
            assertThat(err.toString()).isEqualTo("\r5 texts, 5/s\u001b[K\r\u001b[K");
        }
    }

    @Test
    void moreThanTheTotalDoesNotBreakTheBar() {
        try (Progress progress = progress(true, 10)) {
            progress.update(25, "", SECOND_NS);
            assertThat(err.toString()).contains("[########################] 100% 25 texts, 25/s\u001b");
        }
    }
}
