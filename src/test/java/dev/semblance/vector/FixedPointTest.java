package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 13, 207, 384, 702, 768, 1024})
    void roundsOnceAndForAllAndHardlyAtAll(int dimension) {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            float[] v = VectorKernelsTest.gaussian(random, dimension);
            if (seed % 3 == 0) {
                v[random.nextInt(dimension)] *= 50;
            }
            float[] unit = VectorKernels.normalised(v);
            float[] rounded = FixedPoint.rounded(v);
            assertThat(FixedPoint.rounded(rounded)).as("seed %d", seed).isEqualTo(rounded);
            assertThat(FixedPoint.rounded(unit)).as("seed %d", seed).isEqualTo(rounded);
            double squared = 0;
            for (int i = 0; i < dimension; i++) {
                squared += (rounded[i] - (double) unit[i]) * (rounded[i] - (double) unit[i]);
            }
            assertThat(Math.sqrt(squared)).as("seed %d", seed).isLessThanOrEqualTo(FixedPoint.maxError(dimension));
            short[] numbers = new short[dimension + 3];
            byte exponent = FixedPoint.encode(v, numbers, 2);
            float[] read = new float[dimension + 1];
            FixedPoint.decode(numbers, 2, exponent, dimension, read, 1);
            assertThat(java.util.Arrays.copyOfRange(read, 1, dimension + 1)).isEqualTo(rounded);
        }
    }

    @Test
    void cosinesErrByAFewMillionths() {
        Random random = new Random(9);
        double worst = 0;
        for (int i = 0; i < 5_000; i++) {
            float[] a = VectorKernels.normalised(VectorKernelsTest.gaussian(random, 384));
            float[] b = VectorKernelsTest.gaussian(random, 384);
            for (int j = 0; j < b.length; j++) {
                b[j] = a[j] + 0.02f * b[j];
            }
            worst = Math.max(worst, Math.abs(FixedPoint.cosine(a, b) - VectorKernels.cosine(a, b)));
        }
        assertThat(worst).isBetween(1e-7, 2e-5);
    }

    @Test
    void powersOfTwoAndLargestComponents() {
        float[] v = {1, 0, -0f};
        assertThat(FixedPoint.rounded(v)).containsExactly(1, 0, 0);
        assertThat(FixedPoint.cosine(v, v)).isEqualTo(1f);
        // Just below a power of two: 32,768 would not fit, so the next exponent is taken.
        float[] w = {0.49999f, (float) Math.sqrt(1 - 0.49999 * 0.49999 * 3), 0.49999f, 0.49999f};
        assertThat(FixedPoint.cosine(w, w)).isCloseTo(1f, within(5e-5f));
        assertThatThrownBy(() -> FixedPoint.rounded(new float[3])).hasMessageContaining("norm 0.0");
        assertThatThrownBy(() -> FixedPoint.rounded(new float[]{1, Float.NaN})).hasMessageContaining("NaN");
    }
}
