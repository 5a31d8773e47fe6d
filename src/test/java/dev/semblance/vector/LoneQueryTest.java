package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoneQueryTest {

    private static final LoneKernels SIMD = new SimdLoneKernels();
    private static final LoneKernels SCALAR = new ScalarLoneKernels();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 13, 207, 384, 702, 768, 1024})
    void aLoneCodeIsTheCodeOfAPack(int dimension) {
        Random random = new Random(dimension);
        Hyperplanes planes = Hyperplanes.of(dimension, 256);
        float[] pack = VectorKernelsTest.gaussian(random, dimension * VectorKernels.PACK);
        long[] codes = new long[planes.words() * VectorKernels.PACK];
        planes.encode(pack, 0, codes, 0, new float[VectorKernels.PACK * VectorKernels.GROUP]);
        for (int k = 0; k < VectorKernels.PACK; k++) {
            float[] v = new float[dimension];
            for (int j = 0; j < dimension; j++) {
                v[j] = pack[j * VectorKernels.PACK + k];
            }
            for (LoneKernels kernels : new LoneKernels[]{SIMD, SCALAR}) {
                long[] code = new long[planes.words()];
                LoneQuery.encode(kernels, planes, v, code, new float[Long.SIZE]);
                for (int i = 0; i < code.length; i++) {
                    assertThat(code[i]).as("vector %d, word %d", k, i).isEqualTo(codes[i * VectorKernels.PACK + k]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 8, 12, 16})
    void simdAndScalarFindTheSame(int words) {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            int groups = LoneQuery.GROUPS * (1 + random.nextInt(9));
            int count = groups * SignCodes.GROUP;
            long[] codes = random.longs((long) count * (words + 1)).toArray();
            int[] radii = new int[count];
            for (int c = 0; c < count; c++) {
                radii[c] = random.nextInt(words * Long.SIZE);
                codes[LoneQuery.offset(c, words)] = random.nextInt(5) == 0 ? LoneQuery.NOWHERE : -radii[c];
            }
            long[] query = random.longs(words).toArray();
            int[] simd = new int[count];
            int[] scalar = new int[count];
            int found = SIMD.near(query, codes, groups, words, simd);
            int expected = SCALAR.near(query, codes, groups, words, scalar);
            Arrays.sort(simd, 0, found);
            assertThat(Arrays.copyOf(simd, found)).as("seed %d", seed).isEqualTo(Arrays.copyOf(scalar, expected));

            int counted = 0;
            for (int c = 0; c < count; c++) {
                int distance = 0;
                for (int i = 0; i < words; i++) {
                    distance += Long.bitCount(
                            codes[LoneQuery.offset(c, words) + (i + 1) * SignCodes.GROUP] ^ query[i]);
                }
                boolean there = codes[LoneQuery.offset(c, words)] != LoneQuery.NOWHERE;
                counted += there && distance <= radii[c] ? 1 : 0;
            }
            assertThat(found).as("seed %d", seed).isEqualTo(counted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 13, 31, 32, 33, 207, 384, 702, 768, 769, 1024, 4096})
    void coarseNumbersNeverRuleOutWhatReachesTheirBound(int dimension) {
        int stride = CoarseVectors.stride(dimension);
        int[] which = {6, 0, 3, 3, 1, 5, 2};
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            float[][] vectors = new float[7][];
            byte[] rows = new byte[7 * stride];
            float[] scales = new float[7];
            float[] query = VectorKernels.normalised(peaked(random, dimension));
            for (int r = 0; r < 7; r++) {
                vectors[r] = r == 3 ? query : VectorKernels.normalised(peaked(random, dimension));
                scales[r] = CoarseVectors.encode(vectors[r], rows, r * stride);
            }
            short[] coarse = new short[stride];
            float scale = CoarseVectors.encode(query, coarse);
            float error = CoarseVectors.error(query, scale);
            for (int count = 0; count <= which.length; count++) {
                int[] simd = new int[which.length];
                int[] scalar = new int[which.length];
                SIMD.products(coarse, rows, stride, which, count, simd);
                SCALAR.products(coarse, rows, stride, which, count, scalar);
                assertThat(simd).as("seed %d, %d rows", seed, count).isEqualTo(scalar);
            }
            int[] products = new int[which.length];
            CoarseVectors.products(coarse, rows, stride, which, which.length, products);
            for (int i = 0; i < which.length; i++) {
                float[] row = vectors[which[i]];
                float bound = products[i] * scale * scales[which[i]]
                        + (1 + error) * CoarseVectors.error(row, scales[which[i]]) + error;
                float dot = VectorKernels.dot(query, row);
                assertThat(bound).as("seed %d", seed).isGreaterThanOrEqualTo(dot - VectorKernels.ROUGH_ERROR);
                assertThat(LoneQuery.dot(query, row, 0)).isEqualTo(dot);
            }
        }
    }

    /** Components of very different size, as real vectors have. */
    private static float[] peaked(Random random, int dimension) {
        float[] v = VectorKernelsTest.gaussian(random, dimension);
        if (random.nextBoolean()) {
            v[random.nextInt(dimension)] *= 20;
        }
        return v;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.6, 0.9, 0.999})
    void aRadiusIsThatOfAPlan(double threshold) {
        SearchPlan plan = SearchPlan.of(384, threshold, 1e-6);
        assertThat(LoneQuery.radius(384, plan.bits(), threshold, 1e-6)).isEqualTo(plan.radius());
    }
}
