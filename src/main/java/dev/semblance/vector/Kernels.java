package dev.semblance.vector;

/** What SIMD and its scalar twin both do, to the same bits. Thread: stateless. */
interface Kernels {

    /** @see VectorKernels#score */
    float score(float[] pack, int packOffset, float[] group, int dimension, float[] scores);
}
