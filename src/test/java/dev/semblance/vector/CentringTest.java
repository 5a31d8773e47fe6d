package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CentringTest {

    private static float[] mean(Random random, int dimension, double meanCosine) {
        float[] m = VectorKernels.normalised(VectorKernelsTest.gaussian(random, dimension));
        for (int i = 0; i < dimension; i++) {
            m[i] *= (float) Math.sqrt(meanCosine);
        }
        return m;
    }

    /** A unit vector around the mean, nearer to it or farther away. */
    private static float[] around(Random random, float[] mean) {
        double length = VectorKernels.norm(mean);
        double spread = Math.sqrt(1 - length * length) * (0.6 + 0.8 * random.nextDouble());
        float[] own = VectorKernels.normalised(VectorKernelsTest.gaussian(random, mean.length));
        for (int i = 0; i < own.length; i++) {
            own[i] = (float) (mean[i] + spread * own[i]);
        }
        return VectorKernels.normalised(own);
    }

    /** Of every pair at or above the threshold, whatever the mean. */
    @ParameterizedTest
    @CsvSource({"0.9, 0.8", "0.9, 0.5", "0.7, 0.5", "0.95, 0.9", "0.999, 0.97", "0.6, 0.2"})
    void theSharesOfAPairAreAtLeastItsRadius(double threshold, double meanCosine) {
        int dimension = 24;
        long seed = 3;
        Random random = new Random(seed);
        float[] mean = mean(random, dimension, meanCosine);
        SearchPlan plan = SearchPlan.centred(dimension, threshold, 1e-6, mean);
        assertThat(plan.centres()).isTrue();
        Centring centring = new Centring(plan, mean);
        double excess = 0;
        int regular = 0;
        for (int i = 0; i < 2_000; i++) {
            float[] x = around(random, mean);
            double cosine = random.nextInt(3) == 0 ? threshold + (1 - threshold) * random.nextDouble() : threshold;
            float[] y = SearchPlanTest.atCosine(x, VectorKernelsTest.gaussian(random, dimension), cosine);
            int shares = centring.centre(x) + centring.centre(y);
            double angle = Math.acos(Math.clamp(VectorKernels.cosine(x, y), -1.0, 1.0));
            int needed = SearchPlan.radius(plan.bits(), angle / Math.PI + plan.flip(), 1e-6);
            assertThat(shares).as("seed %d, pair %d", seed, i).isGreaterThanOrEqualTo(needed);
            if (shares < plan.bits()) {
                regular++;
                excess += cosine == threshold ? shares - needed : 0;
            }
        }
        assertThat(regular).isGreaterThan(1_000);
        assertThat(excess / regular).as("bits that the bound gives away").isLessThan(0.06 * plan.bits());
    }

    /** Vectors, a plan for them with short codes, and how many pairs at the threshold those miss. */
    private static final class Trial {
        static final int BITS = 128;
        static final double PROMISED = 0.05;
        final Random random;
        final int dimension;
        final double threshold;
        final double meanCosine;
        private final Hyperplanes planes;
        private final long[] codes = new long[2 * 8];
        private final float[] pack;
        float[] mean;
        SearchPlan plan;
        Centring centring;
        /** Of the last pair. */
        int shares;

        Trial(long seed, int dimension, double threshold, double meanCosine) {
            this.random = new Random(seed);
            this.dimension = dimension;
            this.threshold = threshold;
            this.meanCosine = meanCosine;
            this.planes = Hyperplanes.of(dimension, BITS);
            this.pack = new float[dimension * 8];
        }

        /** Another mean: as good as other hyperplanes. */
        void turn() {
            mean = mean(random, dimension, meanCosine);
            SearchPlan some = SearchPlan.centred(dimension, threshold, PROMISED, mean);
            plan = new SearchPlan(dimension, threshold, PROMISED, BITS, 0, some.flip(), PROMISED,
                    Math.sqrt(1 - meanCosine));
            centring = new Centring(plan, mean);
        }

        /** Both are overwritten. */
        boolean survives(float[] x, float[] y) {
            shares = centring.centre(x) + centring.centre(y);
            for (int j = 0; j < dimension; j++) {
                pack[j * 8] = x[j];
                pack[j * 8 + 1] = y[j];
            }
            planes.encode(pack, 0, codes, 0, new float[256]);
            return SignCodes.distance(codes, 0, codes, 1, BITS / 64) <= shares;
        }
    }

    /** Over many rotations, which is as good as over draws of the hyperplanes, and with codes that miss often. */
    @ParameterizedTest
    @CsvSource({"0.9, 0.8", "0.8, 0.5", "0.97, 0.9"})
    void missesAreAsRareAsPromised(double threshold, double meanCosine) {
        Trial trial = new Trial(11, 24, threshold, meanCosine);
        int[] pairs = new int[3];
        int[] missed = new int[3];
        for (int rotation = 0; rotation < 60; rotation++) {
            trial.turn();
            for (int i = 0; i < 150; i++) {
                float[] x = around(trial.random, trial.mean);
                float[] y = SearchPlanTest.atCosine(x, VectorKernelsTest.gaussian(trial.random, 24), threshold);
                boolean survives = trial.survives(x, y);
                double norm = VectorKernels.norm(x) / trial.plan.norm();
                int group = norm < 0.85 ? 0 : norm < 1.1 ? 1 : 2;
                pairs[group]++;
                missed[group] += survives ? 0 : 1;
            }
        }
        for (int group = 0; group < 3; group++) {
            assertThat(pairs[group]).as("pairs of lengths %d", group).isGreaterThan(300);
            assertThat((double) missed[group] / pairs[group]).as("seed 11, lengths %d", group)
                    .isLessThan(Trial.PROMISED + 4 * Math.sqrt(Trial.PROMISED / pairs[group]));
        }
    }

    /** Where the bound is tight, between vectors of one length, misses are as many as the radius makes them. */
    @ParameterizedTest
    @CsvSource({"0.9, 0.8", "0.8, 0.5", "0.97, 0.9"})
    void pairsOfOneLengthAreMissedAsOftenAsComputed(double threshold, double meanCosine) {
        int dimension = 48;
        Trial trial = new Trial(12, dimension, threshold, meanCosine);
        double cosine = 1 - (1 - threshold) / (1 - meanCosine);
        double expected = 0;
        int missed = 0;
        int pairs = 0;
        for (int rotation = 0; rotation < 60; rotation++) {
            trial.turn();
            for (int i = 0; i < 150; i++) {
                float[] u = SearchPlanTest.atCosine(VectorKernels.normalised(trial.mean),
                        VectorKernelsTest.gaussian(trial.random, dimension), 0);
                float[] other = SearchPlanTest.atCosine(VectorKernels.normalised(trial.mean),
                        VectorKernelsTest.gaussian(trial.random, dimension), 0);
                float[] v = SearchPlanTest.atCosine(u, other, cosine);
                for (int j = 0; j < dimension; j++) {
                    u[j] = (float) (trial.mean[j] + trial.plan.norm() * u[j]);
                    v[j] = (float) (trial.mean[j] + trial.plan.norm() * v[j]);
                }
                assertThat(VectorKernels.cosine(u, v)).isCloseTo((float) threshold, within(1e-5f));
                missed += trial.survives(u, v) ? 0 : 1;
                expected += SearchPlan.tail(Trial.BITS, Math.acos(cosine) / Math.PI, trial.shares);
                pairs++;
            }
        }
        assertThat((double) missed).as("seed 12, of %d", pairs).isCloseTo(expected,
                within(4 * Math.sqrt(expected)));
        assertThat(expected / pairs).isBetween(Trial.PROMISED / 10, Trial.PROMISED);
    }

    @Test
    void plansOfModelsWithAlikeTexts() {
        Random random = new Random(1);
        SearchPlan high = SearchPlan.centred(768, 0.9, 1e-6, mean(random, 768, 0.8));
        assertThat(high.centres()).isTrue();
        assertThat(high.norm()).isCloseTo(Math.sqrt(0.2), within(1e-6));
        assertThat(high.bits()).isBetween(512, 1024);
        assertThat(high.describe()).contains("mean cosine 0.80 taken out", "radius by vector", "1.0e-06");
        SearchPlan spread = SearchPlan.centred(768, 0.9, 1e-6, mean(random, 768, 0.05));
        assertThat(spread).as("not worth its bytes").isEqualTo(SearchPlan.of(768, 0.9, 1e-6));
        assertThat(SearchPlan.centred(768, 0.7, 1e-6, mean(random, 768, 0.8)).filters())
                .as("nearly all texts are pairs").isFalse();
        assertThat(SearchPlan.centred(5_000, 0.9, 1e-6, mean(random, 5_000, 0.8)).filters()).isFalse();
    }

    @Test
    void vectorsAtTheMeanSurviveAlways() {
        float[] mean = mean(new Random(2), 48, 0.8);
        SearchPlan plan = SearchPlan.centred(48, 0.9, 1e-6, mean);
        Centring centring = new Centring(plan, mean);
        assertThat(centring.centre(VectorKernels.normalised(mean).clone())).isEqualTo(plan.bits());
        assertThat(centring.share(0)).isEqualTo(plan.bits());
        int typical = centring.share(plan.norm());
        assertThat(2 * typical).isBetween(plan.radius(), plan.radius() + 4);
        assertThat(centring.share(2)).isLessThan(typical).isNotNegative();
        assertThatThrownBy(() -> new Centring(plan, new float[47])).hasMessageContaining("47 components")
                .hasMessageContaining("48");
    }
}
