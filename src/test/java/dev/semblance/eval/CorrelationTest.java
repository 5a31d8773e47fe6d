package dev.semblance.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorrelationTest {

    private static Correlation of(double[] x, double[] y) {
        return Correlation.of(x, y).orElseThrow();
    }

    @Test
    void equalValuesShareTheMeanOfTheirRanks() {
        assertThat(Correlation.ranks(new double[]{3, 1, 2, 2, 9, 2})).containsExactly(5, 1, 3, 3, 6, 3);
        assertThat(Correlation.ranks(new double[]{0.0, -0.0, -1})).containsExactly(2.5, 2.5, 1);
        assertThat(Correlation.ranks(new double[0])).isEmpty();
    }

    /** Ranks x 1, 2.5, 2.5, 4 and y 1, 3, 2, 4: 4.5 / √(4.5 · 5). */
    @Test
    void tiesByHand() {
        assertThat(of(new double[]{1, 2, 2, 3}, new double[]{1, 3, 2, 4}).spearman())
                .isCloseTo(0.9486832980505138, within(1e-15));
    }

    /** Σdxdy = 6, Σdx² = 10, Σdy² = 6: 6 / √60. */
    @Test
    void pearsonByHand() {
        assertThat(of(new double[]{1, 2, 3, 4, 5}, new double[]{2, 4, 5, 4, 5}).pearson())
                .isCloseTo(0.7745966692414834, within(1e-15));
    }

    /** The textbook example of intelligence and hours of television: ρ = −29/165. */
    @Test
    void spearmanOfTheTextbook() {
        double[] intelligence = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
        double[] hours = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
        assertThat(of(intelligence, hours).spearman()).isCloseTo(-29.0 / 165, within(1e-15));
    }

    /** From scipy.stats.spearmanr and pearsonr, SciPy 1.17.1; half of the values tie. */
    @Test
    void tiesAsScipyHasThem() {
        double[] x = {0.1, 0.5, 0.5, 0.5, 0.9, 0.9, 0.3, 0.7};
        double[] y = {0, 2.5, 2.5, 1, 5, 4, 2.5, 4};
        Correlation c = of(x, y);
        assertThat(c.spearman()).isCloseTo(SCIPY_SPEARMAN, within(1e-14));
        assertThat(c.pearson()).isCloseTo(SCIPY_PEARSON, within(1e-14));
    }

    private static final double SCIPY_SPEARMAN = 0.8797468354430382;
    private static final double SCIPY_PEARSON = 0.8826778243268391;

    @Test
    void theEndsAreExact() {
        double[] x = {1, 2, 3, 50};
        assertThat(of(x, new double[]{-2, -1, 0, 47})).satisfies(c -> {
            assertThat(c.spearman()).isEqualTo(1);
            assertThat(c.pearson()).isCloseTo(1, within(1e-15)).isLessThanOrEqualTo(1);
        });
        assertThat(of(x, new double[]{9, 8, 7, -900}).spearman()).isEqualTo(-1);
    }

    @Test
    void undefinedIsSaidSo() {
        assertThat(Correlation.of(new double[]{1, 2}, new double[]{3, 3})).isEmpty();
        assertThat(Correlation.of(new double[]{3, 3}, new double[]{1, 2})).isEmpty();
        assertThat(Correlation.of(new double[]{1}, new double[]{1})).isEmpty();
        assertThat(Correlation.of(new double[0], new double[0])).isEmpty();
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        assertThatThrownBy(() -> Correlation.of(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2 values")
                .hasMessageContaining("3");
        assertThatThrownBy(() -> Correlation.of(new double[]{1, Double.NaN}, new double[]{1, 2}))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("NaN");
    }

    @Test
    void hugeAndTinyNumbersNeitherOverflowNorVanish() {
        double[] x = {1, 2, 3, 5};
        double[] y = {2, 1, 4, 4};
        double expected = of(x, y).pearson();
        for (double scale : new double[]{1e200, 1e-200}) {
            double[] scaled = Arrays.stream(y).map(v -> v * scale).toArray();
            assertThat(of(x, scaled).pearson()).as("scaled by %s", scale).isCloseTo(expected, within(1e-12));
        }
    }

    /** Against the definitions, written another way: rank = smaller + (equal + 1) / 2; sums of raw products. */
    @Test
    void agreesWithTheDefinitions() {
        long seed = 20_260_401;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int n = 2 + random.nextInt(60);
            int levels = 2 + random.nextInt(20);
            double[] x = random.doubles(n).map(v -> Math.floor(v * levels)).toArray();
            double[] y = random.doubles(n).toArray();
            if (Correlation.isConstant(x)) {
                continue;
            }
            Correlation c = of(x, y);
            String where = "seed " + seed + ", round " + round;
            assertThat(c.pearson()).as(where).isCloseTo(byRawSums(x, y), within(1e-9));
            assertThat(c.spearman()).as(where).isCloseTo(byRawSums(byCounting(x), byCounting(y)), within(1e-9));
            double[] monotone = Arrays.stream(x).map(v -> Math.exp(v / 5) - 7).toArray();
            assertThat(of(monotone, y).spearman()).as(where).isEqualTo(c.spearman());
            assertThat(of(y, x).spearman()).as(where).isCloseTo(c.spearman(), within(1e-14));
        }
    }

    private static double[] byCounting(double[] values) {
        return Arrays.stream(values).map(v -> Arrays.stream(values).filter(w -> w < v).count()
                + (Arrays.stream(values).filter(w -> w == v).count() + 1) / 2.0).toArray();
    }

    private static double byRawSums(double[] x, double[] y) {
        double n = x.length;
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double syy = 0;
        double sxy = 0;
        for (int i = 0; i < x.length; i++) {
            sx += x[i];
            sy += y[i];
            sxx += x[i] * x[i];
            syy += y[i] * y[i];
            sxy += x[i] * y[i];
        }
        return (n * sxy - sx * sy) / Math.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
    }
}
