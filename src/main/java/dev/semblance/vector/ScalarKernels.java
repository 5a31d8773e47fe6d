package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;
import static dev.semblance.vector.VectorKernels.PACK;

/** Plain Java: the definition that SIMD is tested against. Thread: stateless. */
final class ScalarKernels implements Kernels {

    @Override
    public float score(float[] pack, int packOffset, float[] group, int dimension, float[] scores) {
        for (int c = 0; c < GROUP; c++) {
            candidate(pack, packOffset, group, c, dimension, scores);
        }
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < PACK * GROUP; i++) {
            max = Math.max(max, scores[i]);
        }
        return max;
    }

    @Override
    public int near(long[] pack, int packOffset, long[] codes, int groups, int words, int[] radii, int radiiOffset,
            long[] allowances, int[] hits) {
        int count = 0;
        for (int c = 0; c < groups * SignCodes.GROUP; c++) {
            for (int k = 0; k < SignCodes.GROUP; k++) {
                int radius = radii[radiiOffset + k];
                if (distance(pack, packOffset + k, codes, c, words) <= radius + allowances[c]) {
                    hits[count++] = c * SignCodes.GROUP + k;
                }
            }
        }
        return count;
    }

    private static int distance(long[] pack, int at, long[] codes, int code, int words) {
        int from = code / SignCodes.GROUP * words * SignCodes.GROUP + code % SignCodes.GROUP;
        int distance = 0;
        for (int i = 0; i < words; i++) {
            distance += Long.bitCount(codes[from + i * SignCodes.GROUP] ^ pack[at + i * SignCodes.GROUP]);
        }
        return distance;
    }

    @Override
    public float roughDot(float[] a, int fromA, float[] b, int fromB, int dimension) {
        float s0 = 0, s1 = 0;
        for (int i = 0; i + 1 < dimension; i += 2) {
            s0 = Math.fma(a[fromA + i], b[fromB + i], s0);
            s1 = Math.fma(a[fromA + i + 1], b[fromB + i + 1], s1);
        }
        int last = dimension - 1;
        return s0 + s1 + (dimension % 2 == 0 ? 0 : a[fromA + last] * b[fromB + last]);
    }

    @Override
    public float roughDot(float[] a, int fromA, short[] b, int fromB, int dimension) {
        float s0 = 0, s1 = 0;
        for (int i = 0; i + 1 < dimension; i += 2) {
            s0 = Math.fma(a[fromA + i], b[fromB + i], s0);
            s1 = Math.fma(a[fromA + i + 1], b[fromB + i + 1], s1);
        }
        int last = dimension - 1;
        return s0 + s1 + (dimension % 2 == 0 ? 0 : a[fromA + last] * b[fromB + last]);
    }

    /** Eight chains side by side: one alone would wait for the latency of each multiply-add. */
    private static void candidate(float[] pack, int packOffset, float[] group, int c, int dimension, float[] scores) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        for (int j = 0; j < dimension; j++) {
            float x = group[j * GROUP + c];
            int p = packOffset + j * PACK;
            s0 = Math.fma(pack[p], x, s0);
            s1 = Math.fma(pack[p + 1], x, s1);
            s2 = Math.fma(pack[p + 2], x, s2);
            s3 = Math.fma(pack[p + 3], x, s3);
            s4 = Math.fma(pack[p + 4], x, s4);
            s5 = Math.fma(pack[p + 5], x, s5);
            s6 = Math.fma(pack[p + 6], x, s6);
            s7 = Math.fma(pack[p + 7], x, s7);
        }
        scores[c] = s0;
        scores[GROUP + c] = s1;
        scores[2 * GROUP + c] = s2;
        scores[3 * GROUP + c] = s3;
        scores[4 * GROUP + c] = s4;
        scores[5 * GROUP + c] = s5;
        scores[6 * GROUP + c] = s6;
        scores[7 * GROUP + c] = s7;
    }
}
