package dev.semblance.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenDiffTest {

    @Test
    void namesTheDifferingWords() {
        TokenDiff diff = TokenDiff.between("Algos triggered BUY on $AAPL at 101.5!",
                "algos triggered SELL on $AAPL, at 99");
        assertThat(diff.onlyInFirst()).containsExactly("BUY", "101.5");
        assertThat(diff.onlyInSecond()).containsExactly("SELL", "99");
    }

    @Test
    void punctuationAndCaseDoNotDiffer() {
        TokenDiff diff = TokenDiff.between("\"Hello, (World)\" — it’s ok…", "hello -> world | it’s OK !!!");
        assertThat(diff.onlyInFirst()).isEmpty();
        assertThat(diff.onlyInSecond()).isEmpty();
    }

    @Test
    void signsThatBelongToAWordDiffer() {
        TokenDiff diff = TokenDiff.between("-5% .5 #tag @me 🚀", "5 5 tag me 📉");
        assertThat(diff.onlyInFirst()).containsExactly("-5%", ".5", "#tag", "@me", "🚀");
        assertThat(diff.onlyInSecond()).containsExactly("5", "5", "tag", "me", "📉");
        assertThat(TokenDiff.between("# @ - .", "").onlyInFirst()).isEmpty();
    }

    @Test
    void aRetweetDiffersByItsHead() {
        TokenDiff diff = TokenDiff.between("RT @bob: fire on Main St http://t.co/a", "Fire on Main St http://t.co/b");
        assertThat(diff.onlyInFirst()).containsExactly("RT", "@bob", "http://t.co/a");
        assertThat(diff.onlyInSecond()).containsExactly("http://t.co/b");
    }

    @Test
    void isBounded() {
        TokenDiff diff = TokenDiff.between("a ".repeat(100_000), "b ".repeat(100_000));
        assertThat(diff.onlyInFirst()).hasSize(32).containsOnly("a");
        assertThat(diff.onlyInSecond()).hasSize(32).containsOnly("b");
        String word = TokenDiff.between("x".repeat(62) + "😀" + "x".repeat(1_000_000), "").onlyInFirst().getFirst();
        assertThat(word).isEqualTo("x".repeat(62) + "…");
    }

    @Test
    void whatIsLeftIsACommonSubsequence() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<String> a = words(random);
            List<String> b = words(random);
            TokenDiff diff = TokenDiff.between(String.join(" ", a), String.join(" ", b));
            assertThat(without(a, diff.onlyInFirst())).as("seed %d", seed).isTrue();
            assertThat(without(b, diff.onlyInSecond())).as("seed %d", seed).isTrue();
            assertThat(a.size() - diff.onlyInFirst().size()).as("seed %d", seed).isEqualTo(longestCommon(a, b))
                    .isEqualTo(b.size() - diff.onlyInSecond().size());
        }
    }

    private static List<String> words(Random random) {
        List<String> words = new ArrayList<>();
        for (int n = random.nextInt(16); n > 0; n--) {
            words.add(String.valueOf((char) ('a' + random.nextInt(5))));
        }
        return words;
    }

    /** Whether {@code part} is a subsequence of {@code whole}. */
    private static boolean without(List<String> whole, List<String> part) {
        int at = 0;
        for (String word : whole) {
            if (at < part.size() && part.get(at).equals(word)) {
                at++;
            }
        }
        return at == part.size();
    }

    private static int longestCommon(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return 0;
        }
        int[][] best = new int[a.size() + 1][b.size() + 1];
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                best[i][j] = a.get(i - 1).equals(b.get(j - 1))
                        ? best[i - 1][j - 1] + 1
                        : Math.max(best[i - 1][j], best[i][j - 1]);
            }
        }
        return best[a.size()][b.size()];
    }
}
