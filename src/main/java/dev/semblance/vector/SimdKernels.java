package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;
import static dev.semblance.vector.VectorKernels.PACK;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API. Candidates lie across the lanes, so each lane runs the chain of one pair and no lane is ever summed
 * with another: the register width cannot change a bit of the result.
 *
 * <p>All accumulators are local variables: a vector that passes through an array, a field or an un-inlined call is
 * boxed, which costs a factor of 8 to 1000. With 512-bit registers (32 of them) 8 queries × 2 registers of candidates
 * keep 16 chains in flight, enough to hide the latency of the multiply-add; narrower ones take 4 × 2 and four or more
 * passes over a group that then lies in the L1 or L2 cache.
 *
 * <p>Thread: stateless.
 */
final class SimdKernels implements Kernels {

    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED.length() > GROUP / 2
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();
    private static final boolean WHOLE = 2 * LANES == GROUP;

    @Override
    public float score(float[] pack, int packOffset, float[] group, int dimension, float[] scores) {
        if (WHOLE) {
            return eightByTwo(pack, packOffset, group, dimension, scores);
        }
        return narrow(pack, packOffset, group, dimension, scores);
    }

    /** The way of narrow registers, which also runs on wide ones. */
    static float narrow(float[] pack, int packOffset, float[] group, int dimension, float[] scores) {
        float max = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < GROUP; c += 2 * LANES) {
            for (int k = 0; k < PACK; k += 4) {
                max = Math.max(max, fourByTwo(pack, packOffset + k, group, c, dimension, scores, k * GROUP + c));
            }
        }
        return max;
    }

    private static float eightByTwo(float[] pack, int packOffset, float[] group, int dimension, float[] scores) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        for (int j = 0; j < dimension; j++) {
            FloatVector a = FloatVector.fromArray(F, group, j * GROUP);
            FloatVector b = FloatVector.fromArray(F, group, j * GROUP + LANES);
            int p = packOffset + j * PACK;
            FloatVector q = FloatVector.broadcast(F, pack[p]);
            a0 = q.fma(a, a0);
            b0 = q.fma(b, b0);
            q = FloatVector.broadcast(F, pack[p + 1]);
            a1 = q.fma(a, a1);
            b1 = q.fma(b, b1);
            q = FloatVector.broadcast(F, pack[p + 2]);
            a2 = q.fma(a, a2);
            b2 = q.fma(b, b2);
            q = FloatVector.broadcast(F, pack[p + 3]);
            a3 = q.fma(a, a3);
            b3 = q.fma(b, b3);
            q = FloatVector.broadcast(F, pack[p + 4]);
            a4 = q.fma(a, a4);
            b4 = q.fma(b, b4);
            q = FloatVector.broadcast(F, pack[p + 5]);
            a5 = q.fma(a, a5);
            b5 = q.fma(b, b5);
            q = FloatVector.broadcast(F, pack[p + 6]);
            a6 = q.fma(a, a6);
            b6 = q.fma(b, b6);
            q = FloatVector.broadcast(F, pack[p + 7]);
            a7 = q.fma(a, a7);
            b7 = q.fma(b, b7);
        }
        a0.intoArray(scores, 0);
        b0.intoArray(scores, LANES);
        a1.intoArray(scores, GROUP);
        b1.intoArray(scores, GROUP + LANES);
        a2.intoArray(scores, 2 * GROUP);
        b2.intoArray(scores, 2 * GROUP + LANES);
        a3.intoArray(scores, 3 * GROUP);
        b3.intoArray(scores, 3 * GROUP + LANES);
        a4.intoArray(scores, 4 * GROUP);
        b4.intoArray(scores, 4 * GROUP + LANES);
        a5.intoArray(scores, 5 * GROUP);
        b5.intoArray(scores, 5 * GROUP + LANES);
        a6.intoArray(scores, 6 * GROUP);
        b6.intoArray(scores, 6 * GROUP + LANES);
        a7.intoArray(scores, 7 * GROUP);
        b7.intoArray(scores, 7 * GROUP + LANES);
        FloatVector left = a0.max(b0).max(a1.max(b1)).max(a2.max(b2).max(a3.max(b3)));
        FloatVector right = a4.max(b4).max(a5.max(b5)).max(a6.max(b6).max(a7.max(b7)));
        return left.max(right).reduceLanes(VectorOperators.MAX);
    }

    /** 4 queries × 2 registers of candidates from {@code candidate} on. */
    private static float fourByTwo(float[] pack, int packOffset, float[] group, int candidate, int dimension,
            float[] scores, int out) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        for (int j = 0; j < dimension; j++) {
            FloatVector a = FloatVector.fromArray(F, group, j * GROUP + candidate);
            FloatVector b = FloatVector.fromArray(F, group, j * GROUP + candidate + LANES);
            int p = packOffset + j * PACK;
            FloatVector q = FloatVector.broadcast(F, pack[p]);
            a0 = q.fma(a, a0);
            b0 = q.fma(b, b0);
            q = FloatVector.broadcast(F, pack[p + 1]);
            a1 = q.fma(a, a1);
            b1 = q.fma(b, b1);
            q = FloatVector.broadcast(F, pack[p + 2]);
            a2 = q.fma(a, a2);
            b2 = q.fma(b, b2);
            q = FloatVector.broadcast(F, pack[p + 3]);
            a3 = q.fma(a, a3);
            b3 = q.fma(b, b3);
        }
        a0.intoArray(scores, out);
        b0.intoArray(scores, out + LANES);
        a1.intoArray(scores, out + GROUP);
        b1.intoArray(scores, out + GROUP + LANES);
        a2.intoArray(scores, out + 2 * GROUP);
        b2.intoArray(scores, out + 2 * GROUP + LANES);
        a3.intoArray(scores, out + 3 * GROUP);
        b3.intoArray(scores, out + 3 * GROUP + LANES);
        return a0.max(b0).max(a1.max(b1)).max(a2.max(b2).max(a3.max(b3))).reduceLanes(VectorOperators.MAX);
    }
}
