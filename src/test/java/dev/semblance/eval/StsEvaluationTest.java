package dev.semblance.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.Preprocessing;
import dev.semblance.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** With a tokenizer whose tokens are characters, and a model whose vector is (first token, last token). */
class StsEvaluationTest {

    private record Characters(int maxTokens) implements Tokenizer {

        @Override
        public TokenizedText tokenize(String text) {
            if (text.contains("?")) {
                throw new PoisonTextException("question marks", null);
            }
            return new TokenizedText(text.chars().limit(maxTokens).toArray(), text.length() > maxTokens);
        }

        @Override
        public String describe() {
            return "a token a character";
        }

        @Override
        public void close() {}
    }

    private static final class FirstAndLast implements EmbeddingEngine {

        private final List<String> seen = new ArrayList<>();

        @Override
        public ModelIdentity model() {
            return new ModelIdentity("first-and-last", "0", 2, "none", false, 100, "fp32");
        }

        @Override
        public String describe() {
            return "test";
        }

        @Override
        public CompletableFuture<float[]> submit(TokenizedText text) {
            int[] ids = text.ids();
            seen.add(new String(ids, 0, ids.length));
            if (ids[0] == '!') {
                return CompletableFuture.failedFuture(new PoisonTextException("exclamation marks", null));
            }
            return CompletableFuture.completedFuture(ids[0] == '0'
                    ? new float[2]
                    : new float[]{ids[0] - 'a' + 1, ids[ids.length - 1] - 'a' + 1});
        }

        @Override
        public void close() {}
    }

    private final FirstAndLast engine = new FirstAndLast();
    private final List<Long> progress = new ArrayList<>();

    private static StsSet set(String name, StsPair... pairs) {
        return new StsSet(name, name + ".tsv", List.of(pairs), 0, List.of());
    }

    private StsReport evaluate(List<StsSet> sets, int... maxTokens) {
        return new StsEvaluation(engine, Preprocessing.NONE).evaluate(sets,
                Arrays.stream(maxTokens).mapToObj(n -> new Truncation(n, "test", new Characters(n))).toList(),
                progress::add);
    }

    private static final StsPair SAME = new StsPair("s", 5, "ab", "ab");
    private static final StsPair CLOSE = new StsPair("s", 4, "ab", "ac");
    private static final StsPair FAR = new StsPair("t", 0, "az", "za");
    private static final StsPair HALF = new StsPair("t", 2.5, "az", "cc");

    @Test
    void correlatesTheCosinesOfAllSubsetsTogether() {
        StsReport report = evaluate(List.of(set("x", SAME, CLOSE, FAR, HALF)), 100);
        double[] cosines = {1, 7 / Math.sqrt(50), 52 / 677.0, 81 / Math.sqrt(677 * 18)};
        Correlation expected = Correlation.of(cosines, new double[]{5, 4, 0, 2.5}).orElseThrow();
        Correlation whole = report.rows().getFirst().whole().getFirst();
        assertThat(whole.spearman()).isEqualTo(1);
        assertThat(whole.pearson()).isCloseTo(expected.pearson(), within(1e-12));
        assertThat(report.rows().getFirst().subsets()).containsOnlyKeys("s", "t");
        assertThat(report.rows().getFirst().subsets().get("t").pairs()).isEqualTo(2);
        assertThat(report.mean(0)).isEqualTo(whole);
    }

    @Test
    void eachTextIsEmbeddedOnceAndOnceOnlyForTheCutOnes() {
        StsSet one = set("one", SAME, CLOSE, FAR, new StsPair("s", 1, "abcdef", "abc"));
        StsSet two = set("two", CLOSE, HALF);
        StsReport report = evaluate(List.of(one, two), 100, 3);
        assertThat(engine.seen).containsExactly("ab", "ac", "az", "za", "abcdef", "abc", "cc");
        assertThat(report.columns()).containsExactly(new StsReport.Column(100, "test", 7, 0),
                new StsReport.Column(3, "test", 7, 1));
        assertThat(StsEvaluation.distinctTexts(List.of(one, two))).isEqualTo(7);
        assertThat(progress).hasSize(14).endsWith(14L).isSorted();
        assertThat(report.rows().get(0).whole().get(0)).isNotEqualTo(report.rows().get(0).whole().get(1));
        assertThat(report.rows().get(1).whole().get(0)).isEqualTo(report.rows().get(1).whole().get(1));
    }

    @Test
    void theMeanIsOfSetsNotOfPairs() {
        StsSet agrees = set("a", SAME, CLOSE, FAR);
        StsSet disagrees = set("d", new StsPair("", 0, "ab", "ab"), new StsPair("", 5, "az", "za"));
        assertThat(evaluate(List.of(agrees, disagrees), 100).mean(0).spearman()).isCloseTo(0, within(1e-15));
    }

    @Test
    void equalTextsTie() {
        assertThat(StsEvaluation.cosine(new float[]{0.1f, 0.7f, 0.3f}, new float[]{0.1f, 0.7f, 0.3f})).isEqualTo(1);
        for (int i = 1; i < 2_000; i++) {
            float[] v = {i / 7f, 3f / i, -i * 0.001f};
            assertThat(StsEvaluation.cosine(v, v.clone())).isEqualTo(1);
        }
    }

    @Test
    void aSubsetWithoutACorrelationIsEmptyNotTheWholeSet() {
        StsReport report = evaluate(
                List.of(set("x", SAME, new StsPair("s", 5, "ab", "ac"), FAR, HALF)), 100);
        assertThat(report.rows().getFirst().subsets().get("s").columns()).containsExactly(Optional.empty());
        assertThat(report.rows().getFirst().subsets().get("t").columns().getFirst()).isPresent();
    }

    @Test
    void undefinedCorrelationsAreRefused() {
        assertThatThrownBy(() -> evaluate(List.of(set("flat", SAME, new StsPair("s", 5, "ab", "ac"))), 100))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll("flat", "flat.tsv", "all 2 scores are 5.0", "undefined");
        assertThatThrownBy(() -> evaluate(List.of(set("one", SAME)), 100)).isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll("one", "two or more");
        assertThat(engine.seen).as("before anything is embedded").isEmpty();
        assertThatThrownBy(() -> evaluate(List.of(set("same", SAME, new StsPair("", 1, "cd", "cd"))), 100))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll("same", "every pair the cosine 1.0", "undefined");
    }

    @Test
    void sentencesThatTheModelRejectsAreNamed() {
        for (String bad : List.of("what?", "!hey")) {
            assertThatThrownBy(() -> evaluate(List.of(set("x", SAME, new StsPair("s", 1, "ab", bad))), 100))
                    .isInstanceOf(EvaluationException.class).hasMessageContainingAll("'" + bad + "'", "marks");
        }
        assertThatThrownBy(() -> evaluate(List.of(set("x", SAME, new StsPair("s", 1, "ab", "0"))), 100))
                .isInstanceOf(EvaluationException.class).hasMessageContainingAll("no direction", "'0'");
    }
}
