package dev.semblance.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.eval.PairEvaluation.Result;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TextHash;
import dev.semblance.vector.FixedPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairEvaluationTest {

    private static final int DIMENSION = 32;

    private static Config.Detect rules(String missProbability, boolean exact) {
        return new ConfigSource().with(ConfigKey.WINDOW, "3650d").with(ConfigKey.DETECT_MODE, "pairs")
                .with(ConfigKey.DETECT_MISS_PROBABILITY, missProbability).with(ConfigKey.DETECT_EXACT, exact).build()
                .detect();
    }

    private static Embedding event(int n, long timeMs, String revision, float[] vector) {
        return new Embedding(new TextEvent("e" + n, "text " + n, timeMs, null, null, Map.of()),
                new SourcePosition("line", 0, n), new ModelIdentity("m", revision, vector.length, "mean", true, 64,
                        "fp32"),
                "none", vector, 3, false, new TextHash(n, n), 0, null);
    }

    /** Half of them near copies of one a little before. */
    private static List<Embedding> events(long seed, int count) {
        Random random = new Random(seed);
        List<Embedding> events = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] v = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                v[i] = (float) random.nextGaussian();
            }
            if (n % 2 == 1) {
                float[] original = events.get(random.nextInt(n)).vector();
                float noise = random.nextFloat();
                for (int i = 0; i < DIMENSION; i++) {
                    v[i] = original[i] + noise * v[i];
                }
            }
            events.add(event(n, n, "r1", v));
        }
        return events;
    }

    private static long pairs(List<Embedding> events, double threshold) {
        long pairs = 0;
        for (int i = 0; i < events.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs += cosine(events.get(i).vector(), events.get(j).vector()) >= (float) threshold ? 1 : 0;
            }
        }
        return pairs;
    }

    private static double cosine(float[] x, float[] y) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int k = 0; k < DIMENSION; k++) {
            dot += (double) x[k] * y[k];
            a += (double) x[k] * x[k];
            b += (double) y[k] * y[k];
        }
        return dot / Math.sqrt(a * b);
    }

    @Test
    void countsEveryPair() {
        List<Embedding> events = events(1, 900);
        PairEvaluation evaluation = new PairEvaluation(rules("0.000001", false), events);
        for (double threshold : new double[]{0.7, 0.9}) {
            List<Long> progress = new ArrayList<>();
            Result result = evaluation.at(threshold, progress::add);
            assertThat(result.pairs()).isEqualTo(pairs(events, threshold)).isGreaterThan(50);
            assertThat(result.found() + result.roundedBelow()).isEqualTo(result.pairs());
            assertThat(result.missed()).isZero();
            assertThat(result.wrong()).isZero();
            assertThat(result.recall()).isEqualTo(1);
            assertThat(result.largestError()).isPositive().isLessThan(result.errorBound());
            assertThat(result.promise()).contains("radius");
            assertThat(progress).endsWith(900L).isSorted();
        }
    }

    /** A window that may miss one pair in a hundred at the threshold does, and the evaluation sees it. */
    @Test
    void missesShow() {
        Random random = new Random(3);
        List<Embedding> events = new ArrayList<>();
        for (int n = 0; n < 4_000; n += 2) {
            float[] v = new float[DIMENSION];
            float[] w = new float[DIMENSION];
            double scale = 0;
            for (int i = 0; i < DIMENSION; i++) {
                v[i] = (float) random.nextGaussian();
                w[i] = (float) random.nextGaussian();
                scale += v[i] * v[i];
            }
            // At a cosine of about 0.91.
            double along = 0;
            double across = 0;
            for (int i = 0; i < DIMENSION; i++) {
                along += v[i] * w[i] / scale;
            }
            for (int i = 0; i < DIMENSION; i++) {
                w[i] -= (float) along * v[i];
                across += w[i] * w[i];
            }
            for (int i = 0; i < DIMENSION; i++) {
                w[i] = (float) (0.91 * v[i] + Math.sqrt((1 - 0.91 * 0.91) * scale / across) * w[i]);
            }
            events.add(event(n, n, "r1", v));
            events.add(event(n + 1, n + 1, "r1", w));
        }
        Result blunt = new PairEvaluation(rules("0.01", false), events).at(0.9, _ -> {});
        assertThat(blunt.pairs()).isGreaterThanOrEqualTo(2_000);
        assertThat(blunt.missed()).isBetween(1L, 40L);
        assertThat(blunt.misses()).hasSize((int) Math.min(20, blunt.missed()))
                .allSatisfy(m -> assertThat(m.cosine()).isBetween(0.9, 0.92));
        assertThat(blunt.recall()).isLessThan(1);
        Result exact = new PairEvaluation(rules("0.01", true), events).at(0.9, _ -> {});
        assertThat(exact.pairs()).isEqualTo(blunt.pairs());
        assertThat(exact.missed()).isZero();
        assertThat(exact.promise()).contains("no pair is missed");
    }

    /** Pairs so close to the threshold that 16 bits put them on its other side: neither found nor missed. */
    @Test
    void roundingIsNamed() {
        List<Embedding> events = events(5, 400);
        PairEvaluation evaluation = new PairEvaluation(rules("0.000001", true), events);
        long below = 0;
        long above = 0;
        for (int later = 1; later < 60; later += 2) {
            for (int earlier = 0; earlier < later; earlier++) {
                double cosine = cosine(events.get(later).vector(), events.get(earlier).vector());
                float held = FixedPoint.cosine(events.get(later).vector(), events.get(earlier).vector());
                if (cosine > 0.5 && Math.abs(cosine - held) > 1e-6) {
                    Result result = evaluation.at((cosine + held) / 2, _ -> {});
                    assertThat(result.missed() + result.wrong()).isZero();
                    assertThat(result.found() + result.roundedBelow()).isEqualTo(result.pairs());
                    assertThat(result.roundedBelow() + result.roundedAbove()).isBetween(1L, 2L);
                    below += result.roundedBelow();
                    above += result.roundedAbove();
                }
            }
        }
        assertThat(below).isPositive();
        assertThat(above).isPositive();
    }

    @Test
    void refusesWhatItCannotJudge() {
        Config.Detect rules = rules("0.000001", false);
        assertThatThrownBy(() -> new PairEvaluation(rules, List.of())).isInstanceOf(EvaluationException.class);
        float[] v = {1, 2};
        assertThatThrownBy(() -> new PairEvaluation(rules,
                List.of(event(1, 0, "r1", v), event(2, 400_000_000_000L, "r1", v)))).hasMessageContaining("4629 days");
        assertThatThrownBy(() -> new PairEvaluation(rules, List.of(event(1, 0, "r1", v), event(2, 0, "r2", v))))
                .hasMessageContaining("event e2 is of model");
        PairEvaluation twice = new PairEvaluation(rules, List.of(event(1, 0, "r1", v), event(1, 5, "r1", v)));
        assertThatThrownBy(() -> twice.at(0.9, _ -> {})).hasMessageContaining("event e1 is there twice");
    }
}
