package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;
import static dev.semblance.vector.VectorKernels.PACK;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
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
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED.length() > SignCodes.GROUP
            ? LongVector.SPECIES_512
            : LongVector.SPECIES_PREFERRED;

    /** As many as floats in a register. */
    private static final VectorSpecies<Short> S = VectorSpecies.of(short.class,
            VectorShape.forBitSize(LANES * Short.SIZE));

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

    /**
     * Eight queries against one or two registers of codes. Where one comes close, which is rare, the register is gone
     * through again query by query: the loop itself only asks whether any is within the largest of the radii.
     */
    @Override
    public int near(long[] pack, int packOffset, long[] codes, int groups, int words, int[] radii, int radiiOffset,
            long[] allowances, int[] hits) {
        int count = 0;
        int g = 0;
        if (L.length() == SignCodes.GROUP) {
            int size = words * SignCodes.GROUP;
            for (; g + 2 <= groups; g += 2) {
                int near = nearOfTwo(pack, packOffset, codes, g * size, words, radii, radiiOffset, allowances,
                        g * SignCodes.GROUP);
                if ((near & 1) != 0) {
                    count = collect(pack, packOffset, codes, g, 0, words, radii, radiiOffset, allowances, hits, count);
                }
                if ((near & 2) != 0) {
                    count = collect(pack, packOffset, codes, g + 1, 0, words, radii, radiiOffset, allowances, hits,
                            count);
                }
            }
        }
        for (; g < groups; g++) {
            for (int c = 0; c < SignCodes.GROUP; c += L.length()) {
                if (anyNear(pack, packOffset, codes, g * words * SignCodes.GROUP + c, words, radii, radiiOffset,
                        allowances, g * SignCodes.GROUP + c)) {
                    count = collect(pack, packOffset, codes, g, c, words, radii, radiiOffset, allowances, hits, count);
                }
            }
        }
        return count;
    }

    private static int collect(long[] pack, int packOffset, long[] codes, int group, int lane, int words, int[] radii,
            int radiiOffset, long[] allowances, int[] hits, int before) {
        int count = before;
        int from = group * words * SignCodes.GROUP + lane;
        LongVector allowed = LongVector.fromArray(L, allowances, group * SignCodes.GROUP + lane);
        for (int k = 0; k < SignCodes.GROUP; k++) {
            LongVector a = LongVector.broadcast(L, -(long) radii[radiiOffset + k]);
            for (int i = 0; i < words; i++) {
                a = a.add(LongVector.fromArray(L, codes, from + i * SignCodes.GROUP)
                        .lanewise(VectorOperators.XOR, pack[packOffset + i * SignCodes.GROUP + k])
                        .lanewise(VectorOperators.BIT_COUNT));
            }
            for (long near = a.compare(VectorOperators.LE, allowed).toLong(); near != 0; near &= near - 1) {
                int code = group * SignCodes.GROUP + lane + Long.numberOfTrailingZeros(near);
                hits[count++] = code * SignCodes.GROUP + k;
            }
        }
        return count;
    }

    private static boolean anyNear(long[] pack, int packOffset, long[] codes, int from, int words, int[] radii,
            int r, long[] allowances, int allowancesFrom) {
        LongVector a0 = LongVector.broadcast(L, -(long) radii[r]);
        LongVector a1 = LongVector.broadcast(L, -(long) radii[r + 1]);
        LongVector a2 = LongVector.broadcast(L, -(long) radii[r + 2]);
        LongVector a3 = LongVector.broadcast(L, -(long) radii[r + 3]);
        LongVector a4 = LongVector.broadcast(L, -(long) radii[r + 4]);
        LongVector a5 = LongVector.broadcast(L, -(long) radii[r + 5]);
        LongVector a6 = LongVector.broadcast(L, -(long) radii[r + 6]);
        LongVector a7 = LongVector.broadcast(L, -(long) radii[r + 7]);
        for (int i = 0; i < words; i++) {
            LongVector x = LongVector.fromArray(L, codes, from + i * SignCodes.GROUP);
            int p = packOffset + i * SignCodes.GROUP;
            a0 = a0.add(x.lanewise(VectorOperators.XOR, pack[p]).lanewise(VectorOperators.BIT_COUNT));
            a1 = a1.add(x.lanewise(VectorOperators.XOR, pack[p + 1]).lanewise(VectorOperators.BIT_COUNT));
            a2 = a2.add(x.lanewise(VectorOperators.XOR, pack[p + 2]).lanewise(VectorOperators.BIT_COUNT));
            a3 = a3.add(x.lanewise(VectorOperators.XOR, pack[p + 3]).lanewise(VectorOperators.BIT_COUNT));
            a4 = a4.add(x.lanewise(VectorOperators.XOR, pack[p + 4]).lanewise(VectorOperators.BIT_COUNT));
            a5 = a5.add(x.lanewise(VectorOperators.XOR, pack[p + 5]).lanewise(VectorOperators.BIT_COUNT));
            a6 = a6.add(x.lanewise(VectorOperators.XOR, pack[p + 6]).lanewise(VectorOperators.BIT_COUNT));
            a7 = a7.add(x.lanewise(VectorOperators.XOR, pack[p + 7]).lanewise(VectorOperators.BIT_COUNT));
        }
        LongVector least = a0.min(a1).min(a2.min(a3)).min(a4.min(a5).min(a6.min(a7)));
        return least.compare(VectorOperators.LE, LongVector.fromArray(L, allowances, allowancesFrom)).anyTrue();
    }

    /** Which of two groups has a code near: 1 for the first, 2 for the second. For registers of 8. */
    private static int nearOfTwo(long[] pack, int packOffset, long[] codes, int from, int words, int[] radii,
            int r, long[] allowances, int allowancesFrom) {
        LongVector a0 = LongVector.broadcast(L, -(long) radii[r]);
        LongVector a1 = LongVector.broadcast(L, -(long) radii[r + 1]);
        LongVector a2 = LongVector.broadcast(L, -(long) radii[r + 2]);
        LongVector a3 = LongVector.broadcast(L, -(long) radii[r + 3]);
        LongVector a4 = LongVector.broadcast(L, -(long) radii[r + 4]);
        LongVector a5 = LongVector.broadcast(L, -(long) radii[r + 5]);
        LongVector a6 = LongVector.broadcast(L, -(long) radii[r + 6]);
        LongVector a7 = LongVector.broadcast(L, -(long) radii[r + 7]);
        LongVector b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5, b6 = a6, b7 = a7;
        for (int i = 0; i < words; i++) {
            LongVector x = LongVector.fromArray(L, codes, from + i * SignCodes.GROUP);
            LongVector y = LongVector.fromArray(L, codes, from + (words + i) * SignCodes.GROUP);
            int p = packOffset + i * SignCodes.GROUP;
            LongVector q0 = LongVector.broadcast(L, pack[p]);
            a0 = a0.add(x.lanewise(VectorOperators.XOR, q0).lanewise(VectorOperators.BIT_COUNT));
            b0 = b0.add(y.lanewise(VectorOperators.XOR, q0).lanewise(VectorOperators.BIT_COUNT));
            LongVector q1 = LongVector.broadcast(L, pack[p + 1]);
            a1 = a1.add(x.lanewise(VectorOperators.XOR, q1).lanewise(VectorOperators.BIT_COUNT));
            b1 = b1.add(y.lanewise(VectorOperators.XOR, q1).lanewise(VectorOperators.BIT_COUNT));
            LongVector q2 = LongVector.broadcast(L, pack[p + 2]);
            a2 = a2.add(x.lanewise(VectorOperators.XOR, q2).lanewise(VectorOperators.BIT_COUNT));
            b2 = b2.add(y.lanewise(VectorOperators.XOR, q2).lanewise(VectorOperators.BIT_COUNT));
            LongVector q3 = LongVector.broadcast(L, pack[p + 3]);
            a3 = a3.add(x.lanewise(VectorOperators.XOR, q3).lanewise(VectorOperators.BIT_COUNT));
            b3 = b3.add(y.lanewise(VectorOperators.XOR, q3).lanewise(VectorOperators.BIT_COUNT));
            LongVector q4 = LongVector.broadcast(L, pack[p + 4]);
            a4 = a4.add(x.lanewise(VectorOperators.XOR, q4).lanewise(VectorOperators.BIT_COUNT));
            b4 = b4.add(y.lanewise(VectorOperators.XOR, q4).lanewise(VectorOperators.BIT_COUNT));
            LongVector q5 = LongVector.broadcast(L, pack[p + 5]);
            a5 = a5.add(x.lanewise(VectorOperators.XOR, q5).lanewise(VectorOperators.BIT_COUNT));
            b5 = b5.add(y.lanewise(VectorOperators.XOR, q5).lanewise(VectorOperators.BIT_COUNT));
            LongVector q6 = LongVector.broadcast(L, pack[p + 6]);
            a6 = a6.add(x.lanewise(VectorOperators.XOR, q6).lanewise(VectorOperators.BIT_COUNT));
            b6 = b6.add(y.lanewise(VectorOperators.XOR, q6).lanewise(VectorOperators.BIT_COUNT));
            LongVector q7 = LongVector.broadcast(L, pack[p + 7]);
            a7 = a7.add(x.lanewise(VectorOperators.XOR, q7).lanewise(VectorOperators.BIT_COUNT));
            b7 = b7.add(y.lanewise(VectorOperators.XOR, q7).lanewise(VectorOperators.BIT_COUNT));
        }
        LongVector a = a0.min(a1).min(a2.min(a3)).min(a4.min(a5).min(a6.min(a7)));
        LongVector b = b0.min(b1).min(b2.min(b3)).min(b4.min(b5).min(b6.min(b7)));
        boolean first = a.compare(VectorOperators.LE, LongVector.fromArray(L, allowances, allowancesFrom)).anyTrue();
        boolean second = b
                .compare(VectorOperators.LE, LongVector.fromArray(L, allowances, allowancesFrom + SignCodes.GROUP))
                .anyTrue();
        return (first ? 1 : 0) | (second ? 2 : 0);
    }

    @Override
    public float roughDot(float[] a, int fromA, float[] b, int fromB, int dimension) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        int i = 0;
        for (; i + 2 * LANES <= dimension; i += 2 * LANES) {
            s0 = FloatVector.fromArray(F, a, fromA + i).fma(FloatVector.fromArray(F, b, fromB + i), s0);
            s1 = FloatVector.fromArray(F, a, fromA + i + LANES)
                    .fma(FloatVector.fromArray(F, b, fromB + i + LANES), s1);
        }
        float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
        for (; i < dimension; i++) {
            sum = Math.fma(a[fromA + i], b[fromB + i], sum);
        }
        return sum;
    }

    @Override
    public float roughDot(float[] a, int fromA, short[] b, int fromB, int dimension) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        int i = 0;
        for (; i + 2 * LANES <= dimension; i += 2 * LANES) {
            s0 = floats(b, fromB + i).fma(FloatVector.fromArray(F, a, fromA + i), s0);
            s1 = floats(b, fromB + i + LANES).fma(FloatVector.fromArray(F, a, fromA + i + LANES), s1);
        }
        float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
        for (; i < dimension; i++) {
            sum = Math.fma(a[fromA + i], b[fromB + i], sum);
        }
        return sum;
    }

    private static FloatVector floats(short[] numbers, int from) {
        return (FloatVector) ShortVector.fromArray(S, numbers, from).convertShape(VectorOperators.S2F, F, 0);
    }
}
