package dev.semblance.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFingerprintTest {

    @Test
    void normalisesFormCaseAndSpaceOnly() {
        assertThat(TextFingerprint.normalise("  Hello\t\n WORLD\u00a0\u2003!  ")).isEqualTo("hello world !");
        assertThat(TextFingerprint.normalise("ＡＢＣ ﬁne １２")).isEqualTo("abc fine 12");
        assertThat(TextFingerprint.normalise("RT @a: x")).isNotEqualTo(TextFingerprint.normalise("x"));
        assertThat(TextFingerprint.normalise("e\u0301")).isEqualTo(TextFingerprint.normalise("\u00c9"));
        assertThat(TextFingerprint.normalise(" \u0085 ")).isEmpty();
    }

    @Test
    void normalisingTwiceChangesNothing() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x30000; c++) {
            if (c < 0xd800 || c > 0xdfff) {
                String once = TextFingerprint.normalise("a" + Character.toString(c) + "b");
                assertThat(TextFingerprint.normalise(once)).as("U+%04X", c).isEqualTo(once);
                all.appendCodePoint(c);
            }
        }
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                text.appendCodePoint(all.codePointAt(
                        all.offsetByCodePoints(0, random.nextInt(random.nextBoolean() ? 0x500 : 0xd000))));
            }
            String once = TextFingerprint.normalise(text.toString());
            assertThat(TextFingerprint.normalise(once)).as("seed %d", seed).isEqualTo(once);
        }
    }

    @Test
    void hashesAreFixed() {
        // SHA-256("hello world"): a changed hash would split every running window.
        assertThat(TextFingerprint.hash(" Hello  World ").high()).isEqualTo(0xb94d27b9934d3e08L);
        assertThat(TextFingerprint.hash("hello world").low()).isEqualTo(0xa52e52d7da7dabfaL);
        assertThat(TextFingerprint.figures("none")).isZero();
        assertThat(TextFingerprint.figures("$AAPL 12")).isEqualTo(TextFingerprint.figures("12.0 percent, $aapl"))
                .isNotZero();
        assertThat(TextFingerprint.figures("1 2")).isEqualTo(TextFingerprint.figures("2 1 2"));
        assertThat(TextFingerprint.figures("12")).isNotEqualTo(TextFingerprint.figures("1 2"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // numbers and how they may be written
            "up 1,234.5 today              | 1234.5", "1234.50                       | 1234.5",
            "50% of $12 or €12.00          | 50 12 12", "$.50 and .5                   | 0.5 0.5",
            "007                           | 7", "１２ full width                | 12",
            "10:30 on 2014-06-01           | 10 30 2014 6 1", "1,2,3                         | 1 2 3",
            "12,34                         | 12 34", "1,2345                        | 1 2345",
            "v1.2.3                        | 2.3", "1.2.3                         | 1.2 3",
            "5 of 5                        | 5 5", "#1 pick, (2) two              | 1 2",
            "Wait 3... 4. 5,               | 3 4 5", "up 7 to 8... http://t.co/1    | 7",
            "up 7...                       | ''",
            // signs
            "-2.5%                         | -2.5", "(−3) and -$4 and $-5          | -3 -4 -5",
            "3-5 F-16 5 - 6                | 3 5 16 5 6", "-0.0                          | 0",
            // units
            "5pm 10x 4G 20yr               | 5 10 4 20", "5k 5K 5m 5mln 5bn 5B 5t        | 5k 5k 5m 5m 5b 5b 5t",
            "$1.5bn                        | 1.5b",
            // words with digits
            "h1n1 Q3 COVID19 e_5           | ''", "1st 2nd 3rd 4TH               | ''",
            "3a4f 2x4                      | ''",
            // cashtags
            "$aapl, $BRK.B $BRK_B $GOOG.   | $AAPL $BRK.B $BRK_B $GOOG", "$AAPL's                       | $AAPL",
            "$AAPL$GOOG                    | $AAPL $GOOG", "$1A US$5 a$AAPL               | 1 5 $AAPL",
            "$ABCDEFGHIJK                  | ''", "$A1                           | ''",
            // links, names, references
            "http://t.co/12 5              | 5", "HTTPS://x.org/a?b=3.5,4 www.1.com/2 6 | 6",
            "see t.co/x1 bit.ly/9 7        | 7", "and/or 8/9 U.S./China 1       | 8 9 1",
            "@user1 @1st_99 2              | 2", "it&#39;s &#x27;3&amp;4        | 3 4",
            // cut off
            "up 1…                         | ''", "up 12 and 3.…                 | 12",
            "12… http://t.co/1             | ''", "$AA…                          | ''",
            "up 5 … 6                      | 5 6", "1,2…                          | 1"})
    void figures(String text, String expected) {
        assertThat(Figures.of(text)).isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
    }

    @Test
    void anyTextIsReadInLinearTime() {
        for (String part : List.of("a.", "1.", "1,", "$a.", "@", "&#", "$", "www.", "a", "1", "-", "…", "://")) {
            // Quadratic work on this length would take minutes.
            String text = part.repeat(300_000 / part.length());
            assertThat(TextFingerprint.figures(text)).isEqualTo(TextFingerprint.figures(text + " "));
        }
        Random random = new Random(1);
        String alphabet = "19.,-$€%@&#;/:w…kmst \u00a0x\ud83d\ude00";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String upper = text.toString().toUpperCase(Locale.ROOT);
            assertThat(TextFingerprint.figures(text.toString())).as(text.toString())
                    .isEqualTo(TextFingerprint.figures(upper));
        }
    }
}
