package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;

/** Plain Java: the definition that SIMD is tested against. Thread: stateless. */
final class ScalarLoneKernels implements LoneKernels {

    @Override
    public void score(float[] query, float[] first, float[] second, int dimension, float[] scores) {
        for (int c = 0; c < GROUP; c++) {
            float a = 0;
            float b = 0;
            for (int j = 0; j < dimension; j++) {
                a = Math.fma(query[j], first[j * GROUP + c], a);
                b = Math.fma(query[j], second[j * GROUP + c], b);
            }
            scores[c] = a;
            scores[GROUP + c] = b;
        }
    }

    @Override
    public int near(long[] query, long[] codes, int groups, int words, int[] hits) {
        int count = 0;
        for (int c = 0; c < groups * SignCodes.GROUP; c++) {
            int at = LoneQuery.offset(c, words);
            long excess = codes[at];
            for (int i = 0; i < words; i++) {
                excess += Long.bitCount(codes[at + (i + 1) * SignCodes.GROUP] ^ query[i]);
            }
            if (excess <= 0) {
                hits[count++] = c;
            }
        }
        return count;
    }

    @Override
    public void products(short[] query, byte[] rows, int stride, int[] which, int count, int[] products) {
        for (int n = 0; n < count; n++) {
            int from = which[n] * stride;
            int sum = 0;
            for (int i = 0; i < stride; i++) {
                sum += query[i] * rows[from + i];
            }
            products[n] = sum;
        }
    }
}
