package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;
import static dev.semblance.vector.VectorKernels.PACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorKernelsTest {

    @Test
    void simdIsOnInTheBuild() {
        assertThat(VectorKernels.simd()).as("the build passes --add-modules=jdk.incubator.vector").isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 13, 207, 384, 702, 768, 1024})
    void simdAndScalarAgreeToTheBit(int dimension) {
        long seed = 40L + dimension;
        Random random = new Random(seed);
        int offset = PACK * dimension;
        float[] pack = gaussian(random, offset + PACK * dimension);
        float[] group = gaussian(random, GROUP * dimension);
        float[] scalar = new float[PACK * GROUP];
        float[] simd = gaussian(random, PACK * GROUP);
        float[] narrow = gaussian(random, PACK * GROUP);

        float scalarMax = new ScalarKernels().score(pack, offset, group, dimension, scalar);
        float simdMax = new SimdKernels().score(pack, offset, group, dimension, simd);
        float narrowMax = SimdKernels.narrow(pack, offset, group, dimension, narrow);

        assertThat(simd).as("seed %d", seed).containsExactly(scalar);
        assertThat(narrow).as("seed %d", seed).containsExactly(scalar);
        assertThat(new float[]{simdMax, narrowMax}).containsExactly(scalarMax, scalarMax);
        float max = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < PACK; k++) {
            for (int c = 0; c < GROUP; c++) {
                float[] query = strided(pack, offset + k, PACK, dimension);
                float[] candidate = strided(group, c, GROUP, dimension);
                float score = scalar[k * GROUP + c];
                assertThat(score).isEqualTo(VectorKernels.dot(query, candidate));
                assertThat((double) score).isCloseTo(inDouble(query, candidate), within(dimension * 3e-6));
                max = Math.max(max, score);
            }
        }
        assertThat(scalarMax).isEqualTo(max);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 13, 207, 384, 702, 768})
    void normalisingGivesUnitNormOnceAndForAll(int dimension) {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            float[] v = gaussian(random, dimension);
            float scale = (float) Math.exp(random.nextGaussian() * 8);
            for (int i = 0; i < dimension; i++) {
                v[i] *= scale;
            }
            float[] unit = VectorKernels.normalised(v);
            assertThat(VectorKernels.norm(unit)).as("seed %d", seed).isCloseTo(1, within(2e-7));
            assertThat(VectorKernels.normalised(unit)).as("seed %d", seed).isSameAs(unit);
            assertThat(VectorKernels.cosine(v, unit)).as("seed %d", seed).isCloseTo(1f, within(2e-6f))
                    .isLessThanOrEqualTo(1f);
        }
    }

    @Test
    void cosineIsSymmetricAndIgnoresTheNorm() {
        float[] a = {3, 4, 0};
        float[] b = {40, 30, 0};
        assertThat(VectorKernels.cosine(a, b)).isEqualTo(VectorKernels.cosine(b, a)).isCloseTo(0.96f, within(1e-6f));
        assertThat(VectorKernels.cosine(a, new float[]{-3, -4, 0})).isCloseTo(-1f, within(1e-6f));
        assertThat(VectorKernels.cosine(a, new float[]{0, 0, 9})).isZero();
        assertThat(VectorKernels.norm(a)).isEqualTo(5);
    }

    @Test
    void refusesWhatHasNoDirection() {
        assertThatThrownBy(() -> VectorKernels.normalised(new float[4])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dimension 4").hasMessageContaining("0.0");
        assertThatThrownBy(() -> VectorKernels.normalised(new float[]{1, Float.NaN}))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> VectorKernels.normalised(new float[]{1, Float.NEGATIVE_INFINITY}))
                .hasMessageContaining("Infinity");
        assertThatThrownBy(() -> VectorKernels.cosine(new float[3], new float[4]))
                .hasMessageContaining("3 and 4");
    }

    @Test
    void halfFloatsKeepCosinesToThreeDecimals() {
        Random random = new Random(7);
        for (int i = 0; i < 100; i++) {
            float[] a = VectorKernels.normalised(gaussian(random, 384));
            float[] b = VectorKernels.normalised(gaussian(random, 384));
            float[] half = HalfFloats.fromBytes(HalfFloats.toBytes(a));
            assertThat(VectorKernels.dot(half, b)).isCloseTo(VectorKernels.dot(a, b), within(1.2e-4f));
            assertThat(HalfFloats.toBytes(half)).isEqualTo(HalfFloats.toBytes(a));
        }
        assertThat(HalfFloats.toBytes(new float[]{1f, -2f})).containsExactly(0x00, 0x3c, 0x00, 0xc0);
        assertThatThrownBy(() -> HalfFloats.fromBytes(new byte[3])).hasMessageContaining("3 bytes");
    }

    static float[] gaussian(Random random, int n) {
        float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return v;
    }

    private static float[] strided(float[] from, int start, int stride, int n) {
        float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = from[start + i * stride];
        }
        return v;
    }

    private static double inDouble(float[] a, float[] b) {
        double s = 0;
        for (int i = 0; i < a.length; i++) {
            s += (double) a[i] * b[i];
        }
        return s;
    }
}
