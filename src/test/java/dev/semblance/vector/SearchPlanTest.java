package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchPlanTest {

    @ParameterizedTest
    @CsvSource({"384, 0.1436, 83", "384, 0.1436, 90", "384, 0.1436, 98", "256, 0.01, 5", "64, 0.5, 40",
            "512, 0.33, 511", "20, 0.5, -1", "20, 0.5, 20"})
    void theTailIsThatOfTheBinomialDistribution(int n, double p, int r) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal choose = BigDecimal.ONE;
        for (int k = 0; k <= n; k++) {
            if (k > r) {
                sum = sum.add(choose.multiply(BigDecimal.valueOf(p).pow(k, MathContext.DECIMAL128))
                        .multiply(BigDecimal.ONE.subtract(BigDecimal.valueOf(p)).pow(n - k, MathContext.DECIMAL128)));
            }
            choose = choose.multiply(BigDecimal.valueOf(n - k)).divide(BigDecimal.valueOf(k + 1));
        }
        assertThat(SearchPlan.tail(n, p, r)).isCloseTo(sum.doubleValue(), within(1e-11 * sum.doubleValue()));
    }

    @Test
    void theRadiusIsTheSmallestThatKeepsThePromise() {
        for (int dimension : new int[]{13, 384, 768, 1024, 4096}) {
            for (double threshold : new double[]{0.5, 0.6, 0.75, 0.9, 0.97, 0.999}) {
                for (double miss : new double[]{0.01, 1e-6, 1e-12}) {
                    SearchPlan plan = SearchPlan.of(dimension, threshold, miss);
                    double p = SearchPlan.angle(dimension, threshold) / Math.PI + plan.flip();
                    assertThat(plan.missBound()).as("%s", plan).isLessThanOrEqualTo(miss)
                            .isEqualTo(SearchPlan.tail(plan.bits(), p, plan.radius()));
                    assertThat(SearchPlan.tail(plan.bits(), p, plan.radius() - 1)).as("%s", plan).isGreaterThan(miss);
                    assertThat(plan.bits()).isBetween(256, 1024);
                    assertThat(plan.bits() % 64).isZero();
                }
            }
        }
    }

    @Test
    void plansOfTheDefaults() {
        SearchPlan plan = SearchPlan.of(384, 0.9, 1e-6);
        assertThat(plan.bits()).isEqualTo(384);
        assertThat(plan.radius()).isEqualTo(91);
        assertThat(plan.describe()).contains("threshold 0.9", "384 dimensions", "384-bit", "radius 91", "6.1e-07");
        assertThat(SearchPlan.of(5000, 0.9, 1e-6).filters()).isFalse();
        assertThat(SearchPlan.everything(7, 0.9).describe()).contains("no pair is missed");
    }

    /** Pairs exactly at the threshold, and codes so short that misses can be counted. */
    @Test
    void missesAreAsRareAsPromised() {
        int bits = 64;
        double threshold = 0.9;
        double angle = SearchPlan.angle(48, threshold);
        SearchPlan plan = SearchPlan.of(48, bits, angle, threshold, 0.05);
        long seed = 5;
        Random random = new Random(seed);
        Hyperplanes planes = Hyperplanes.of(48, 64);
        int pairs = 8_000;
        int missed = 0;
        long[] codes = new long[8];
        float[] pack = new float[48 * 8];
        for (int i = 0; i < pairs; i++) {
            float[] a = VectorKernels.normalised(VectorKernelsTest.gaussian(random, 48));
            float[] b = atCosine(a, VectorKernelsTest.gaussian(random, 48), threshold);
            for (int j = 0; j < 48; j++) {
                pack[j * 8] = a[j];
                pack[j * 8 + 1] = b[j];
            }
            planes.encode(pack, 0, codes, 0, new float[256]);
            missed += SignCodes.distance(codes, 0, codes, 1, 1) > plan.radius() ? 1 : 0;
        }
        // The expected share is that of the true angle, a little below the bound; four standard deviations of slack.
        double expected = SearchPlan.tail(bits, Math.acos(threshold) / Math.PI, plan.radius());
        assertThat((double) missed / pairs).as("seed %d", seed).isCloseTo(expected, within(0.01))
                .isLessThan(plan.missBound() + 0.01);
        assertThat(missed).isGreaterThan(100);
    }

    static float[] atCosine(float[] a, float[] other, double cosine) {
        double along = 0;
        for (int i = 0; i < a.length; i++) {
            along += a[i] * other[i];
        }
        float[] across = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            across[i] = (float) (other[i] - along * a[i]);
        }
        float[] unit = VectorKernels.normalised(across);
        float[] b = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            b[i] = (float) (cosine * a[i] + Math.sqrt(1 - cosine * cosine) * unit[i]);
        }
        return VectorKernels.normalised(b);
    }
}
