package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertPrinterTest {

    private static final ModelIdentity MODEL = new ModelIdentity("m", "r", 3, "mean", true, 256, "fp32");
    private static final long T = 1_700_000_000_000L;

    private static String format(String id, long ageMs, boolean suppressed, List<String> onlyInEvent,
            List<String> onlyInOriginal, String text) {
        return AlertPrinter.format(new Alert(AlertKind.NEAR_DUPLICATE, id, "o1", MatchKind.NEAR, 0.95344, 0.9,
                T + ageMs, T, 3, suppressed, onlyInEvent, onlyInOriginal, text, "orig", List.of(), MODEL));
    }

    @Test
    void whatRepeatsWhat() {
        assertThat(format("e2", 61_000, true, List.of(), List.of(), "a text"))
                .isEqualTo("NEAR    0.953  e2 repeats o1, 1m1s later, copy 2\n        a text");
        assertThat(format("e2", 0, false, List.of("big"), List.of("large", "very"), "a text"))
                .isEqualTo("NEAR    0.953  e2 repeats o1, 0.0s later, copy 2, passed on\n        a text\n"
                        + "        differs: +big -large -very ");
    }

    @Test
    void whatTimeHasLeftOfASimilarity() {
        assertThat(AlertPrinter.format(new Alert(AlertKind.NEAR_DUPLICATE, "e2", "o1", MatchKind.NEAR, 0.95344, 0.9,
                T + 1_500, T, 3, true, List.of(), List.of(), "a text", "orig", List.of(), MODEL, null, 0.9123)))
                .isEqualTo("NEAR    0.953  e2 repeats o1, decayed to 0.912, 1.5s later, copy 2\n        a text");
    }

    @Test
    void aBurst() {
        assertThat(AlertPrinter.format(new Alert(AlertKind.BURST, "e100", "o1", MatchKind.NEAR, 0.95344, 0.9,
                T + 1_800_000, T, 100, true, List.of(), List.of(), "copy", "orig", List.of(), MODEL, 198.0, null)))
                .isEqualTo("BURST   100 members in the cluster of o1 with e100, 30m0s later, 198 copies an hour\n"
                        + "        orig");
        assertThat(AlertPrinter.format(new Alert(AlertKind.BURST, "e10", "o1", MatchKind.NEAR, 0.95344, 0.9, T, T, 10,
                true, List.of(), List.of(), null, null, List.of(), MODEL, null, null)))
                .isEqualTo("BURST   10 members in the cluster of o1 with e10, 0.0s later\n        (text not kept)");
    }

    @Test
    void aWatch() {
        assertThat(AlertPrinter.format(new Alert(AlertKind.WATCH, "e7", "storm", null, 0.71234, 0.6, T, T - 5, 0,
                false, List.of(), List.of(), "Gale at the coast", "storm warning", List.of("weather", "sea"), MODEL)))
                .isEqualTo("WATCH   0.712  e7 comes close to storm [weather, sea]: storm warning\n"
                        + "        Gale at the coast");
        assertThat(AlertPrinter.format(new Alert(AlertKind.WATCH, "e7", "storm", null, 0.71234, 0.6, T, T - 5, 0,
                false, List.of(), List.of(), null, "storm warning", List.of(), MODEL)))
                .isEqualTo("WATCH   0.712  e7 comes close to storm: storm warning\n        (text not kept)");
    }

    @ParameterizedTest
    @CsvSource({"1500,'1.5s later'", "59999,'60.0s later'", "60000,'1m0s later'", "3599999,'59m59s later'",
            "90000000,'25h0m later'", "-1500,'which is dated 1.5s later'", "-3600000,'which is dated 1h0m later'"})
    void ages(long ageMs, String age) {
        assertThat(format("e", ageMs, true, List.of(), List.of(), "t")).contains("repeats o1, " + age + ", copy 2\n");
    }

    @Test
    void nothingMovesTheCursor() {
        String nasty = "a\u001b[2J\r\n\tb\u0085\u009bc\u0000";
        String shown = format(nasty, 0, true, List.of("\u001b[31mred"), List.of("\n"), nasty);
        assertThat(shown.chars().filter(Character::isISOControl)).containsOnly((int) '\n');
        assertThat(shown.lines()).hasSize(3);
        assertThat(AlertPrinter.shorten(nasty)).isEqualTo("a [2J   b  c ");
    }

    @Test
    void longTextsAreCut() {
        assertThat(AlertPrinter.shorten("x".repeat(100))).isEqualTo("x".repeat(100));
        assertThat(AlertPrinter.shorten("x".repeat(101))).isEqualTo("x".repeat(100) + "…");
        assertThat(format("i".repeat(1000), 0, true, List.of(), List.of(), "t")).contains("i".repeat(100) + "… ");
    }

    @Test
    void pairsAreNotCutInTwo() {
        assertThat(AlertPrinter.shorten("x".repeat(99) + "😀😀")).isEqualTo("x".repeat(99) + "…");
        assertThat(AlertPrinter.shorten("😀".repeat(51))).isEqualTo("😀".repeat(50) + "…");
        assertThat(AlertPrinter.shorten("x" + "😀".repeat(50))).isEqualTo("x" + "😀".repeat(49) + "…");
    }

    @Test
    void textsNeedNotBeThere() {
        assertThat(format("e", 0, true, List.of(), List.of(), null)).endsWith("\n        (text not kept)");
    }

    @Test
    void manyDifferencesAreHinted() {
        assertThat(format("e", 0, true, Collections.nCopies(9, "w"), List.of(), "t"))
                .endsWith("differs: +w +w +w +w +w +w +w +w … ");
    }
}
