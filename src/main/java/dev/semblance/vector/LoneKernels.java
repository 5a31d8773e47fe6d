package dev.semblance.vector;

/** What SIMD and its scalar twin both do for one query alone, to the same bits. Thread: stateless. */
interface LoneKernels {

    /**
     * Dot products of one query with the 64 candidates of two groups, each one chain as {@link VectorKernels#dot}.
     *
     * @param query  [dimension]
     * @param first  [dimension × 32]: component j of candidate c at {@code j * 32 + c}
     * @param scores [64], written whole
     */
    void score(float[] query, float[] first, float[] second, int dimension, float[] scores);

    /** @see LoneQuery#near */
    int near(long[] query, long[] codes, int groups, int words, int[] hits);

    /** @see CoarseVectors#products */
    void products(short[] query, byte[] rows, int stride, int[] which, int count, int[] products);
}
