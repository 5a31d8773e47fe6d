package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignCodesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6, 7, 12, 16})
    void simdAndScalarFindTheSame(int words) {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int groups = 1 + random.nextInt(33);
            long[] codes = random.longs((long) groups * words * 8).toArray();
            long[] packs = random.longs(2L * words * 8).toArray();
            long[] allowances = seed % 2 == 0
                    ? new long[groups * 8]
                    : random.longs(groups * 8L, 0, 40).toArray();
            int[] radii = new int[16];
            for (int i = 0; i < radii.length; i++) {
                radii[i] = random.nextInt(6) == 0
                        ? SignCodes.NOTHING
                        : words * 32 + (int) (random.nextGaussian() * 4 * Math.sqrt(words));
            }
            int[] scalar = new int[groups * 64];
            int[] simd = new int[groups * 64];
            int expected = new ScalarKernels().near(packs, words * 8, codes, groups, words, radii, 8,
                    allowances, scalar);
            int found = new SimdKernels().near(packs, words * 8, codes, groups, words, radii, 8, allowances,
                    simd);
            Arrays.sort(simd, 0, found);
            Arrays.sort(scalar, 0, expected);
            assertThat(Arrays.copyOf(simd, found)).as("seed %d", seed).isEqualTo(Arrays.copyOf(scalar, expected));

            int counted = 0;
            for (int c = 0; c < groups * 8; c++) {
                for (int q = 8; q < 16; q++) {
                    counted += SignCodes.distance(codes, c, packs, q, words) <= radii[q] + allowances[c] ? 1 : 0;
                }
            }
            assertThat(found).as("seed %d", seed).isEqualTo(counted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 207, 384, 702, 768, 1024})
    void severalDotsAreTheSameAsOne(int dimension) {
        Random random = new Random(dimension);
        float[] queries = VectorKernelsTest.gaussian(random, 5 * dimension);
        float[] rows = VectorKernelsTest.gaussian(random, 7 * dimension);
        int[] queryRows = {4, 0, 2, 2, 1, 3, 0};
        for (int pairs = 0; pairs <= 7; pairs++) {
            float[] scores = new float[7];
            VectorKernels.dots(queries, queryRows, rows, dimension, pairs, scores);
            for (int p = 0; p < pairs; p++) {
                assertThat(scores[p]).isEqualTo(VectorKernels.dot(
                        Arrays.copyOfRange(queries, queryRows[p] * dimension, (queryRows[p] + 1) * dimension),
                        Arrays.copyOfRange(rows, p * dimension, (p + 1) * dimension)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 13, 207, 384, 702, 768, 1024, 4096})
    void roughDotsAreCloseEnough(int dimension) {
        Random random = new Random(dimension);
        for (int i = 0; i < 50; i++) {
            float[] a = VectorKernels.normalised(VectorKernelsTest.gaussian(random, dimension));
            float[] b = i % 2 == 0 ? a : VectorKernels.normalised(VectorKernelsTest.gaussian(random, dimension));
            short[] numbers = new short[dimension + 3];
            byte exponent = FixedPoint.encode(b, numbers, 3);
            float dot = VectorKernels.dot(a, FixedPoint.rounded(b));
            for (Kernels kernels : new Kernels[]{new ScalarKernels(), new SimdKernels()}) {
                assertThat(Math.scalb(1f, exponent) * kernels.roughDot(a, 0, numbers, 3, dimension)).isCloseTo(dot,
                        within(VectorKernels.ROUGH_ERROR / 10));
            }
            assertThat(VectorKernels.roughDot(a, 0, numbers, 3, exponent, dimension)).isCloseTo(dot,
                    within(VectorKernels.ROUGH_ERROR / 10));
        }
    }

    /** Codes must be the same on every machine: these were made on one of them. */
    @Test
    void hyperplanesAreTheSameEverywhere() {
        float[] pack = new float[384 * 8];
        for (int j = 0; j < 384; j++) {
            for (int k = 0; k < 8; k++) {
                pack[j * 8 + k] = ((j * 37 + k * 101) % 211 - 105) / 512f;
            }
        }
        long[] codes = new long[6 * 8];
        Hyperplanes.of(384, 384).encode(pack, 0, codes, 0, new float[256]);
        assertThat(Long.toHexString(codes[0])).isEqualTo("ceaaae5cfc91954f");
        assertThat(Integer.toHexString(Arrays.hashCode(codes))).isEqualTo("a7d24355");
        assertThat(Hyperplanes.VERSION).isEqualTo(1);

        // The first planes are the same, whatever their number.
        long[] fewer = new long[4 * 8];
        Hyperplanes.of(384, 256).encode(pack, 0, fewer, 0, new float[256]);
        assertThat(fewer).isEqualTo(Arrays.copyOf(codes, 4 * 8));
        assertThatThrownBy(() -> Hyperplanes.of(384, 100)).hasMessageContaining("bits=100");
    }

    @Test
    void simdIsFasterWhereItIsOn() {
        assertThat(SimdCheck.speedUp()).isPositive();
    }
}
