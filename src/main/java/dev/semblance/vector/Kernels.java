package dev.semblance.vector;

/** What SIMD and its scalar twin both do, to the same bits. Thread: stateless. */
interface Kernels {

    /** @see VectorKernels#score */
    float score(float[] pack, int packOffset, float[] group, int dimension, float[] scores);

    /** @see SignCodes#near */
    int near(long[] pack, int packOffset, long[] codes, int groups, int words, int[] radii, int radiiOffset,
            long[] allowances, int[] hits);

    /** @see VectorKernels#roughDot */
    float roughDot(float[] a, int fromA, float[] b, int fromB, int dimension);

    /** @see VectorKernels#roughDot */
    float roughDot(float[] a, int fromA, short[] b, int fromB, int dimension);
}
