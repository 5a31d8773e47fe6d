package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API, for one query alone. Candidates lie across the lanes, as in {@link SimdKernels}. With one query, each
 * chain waits for the one before it: so 64 hyperplanes, or 32 codes, go side by side.
 *
 * <p>Thread: stateless.
 */
final class SimdLoneKernels implements LoneKernels {

    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED.length() > GROUP / 4
            ? FloatVector.SPECIES_256
            : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED.length() > SignCodes.GROUP
            ? LongVector.SPECIES_512
            : LongVector.SPECIES_PREFERRED;
    private static final int CODES = L.length();
    private static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED.length() > CoarseVectors.PAD
            ? ShortVector.SPECIES_512
            : ShortVector.SPECIES_PREFERRED;
    private static final int SHORTS = S.length();
    private static final VectorSpecies<Byte> B = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(S.vectorBitSize() / 2));
    @Override
    public void score(float[] query, float[] first, float[] second, int dimension, float[] scores) {
        for (int c = 0; c < GROUP; c += 4 * LANES) {
            eight(query, first, second, c, dimension, scores);
        }
    }

    /** 4 registers of candidates of either group. */
    private static void eight(float[] query, float[] first, float[] second, int c, int dimension, float[] scores) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        for (int j = 0; j < dimension; j++) {
            FloatVector q = FloatVector.broadcast(F, query[j]);
            int at = j * GROUP + c;
            a0 = q.fma(FloatVector.fromArray(F, first, at), a0);
            a1 = q.fma(FloatVector.fromArray(F, first, at + LANES), a1);
            a2 = q.fma(FloatVector.fromArray(F, first, at + 2 * LANES), a2);
            a3 = q.fma(FloatVector.fromArray(F, first, at + 3 * LANES), a3);
            b0 = q.fma(FloatVector.fromArray(F, second, at), b0);
            b1 = q.fma(FloatVector.fromArray(F, second, at + LANES), b1);
            b2 = q.fma(FloatVector.fromArray(F, second, at + 2 * LANES), b2);
            b3 = q.fma(FloatVector.fromArray(F, second, at + 3 * LANES), b3);
        }
        a0.intoArray(scores, c);
        a1.intoArray(scores, c + LANES);
        a2.intoArray(scores, c + 2 * LANES);
        a3.intoArray(scores, c + 3 * LANES);
        b0.intoArray(scores, GROUP + c);
        b1.intoArray(scores, GROUP + c + LANES);
        b2.intoArray(scores, GROUP + c + 2 * LANES);
        b3.intoArray(scores, GROUP + c + 3 * LANES);
    }

    @Override
    public int near(long[] query, long[] codes, int groups, int words, int[] hits) {
        int count = 0;
        for (int g = 0; g < groups; g += LoneQuery.GROUPS) {
            for (int lane = 0; lane < SignCodes.GROUP; lane += CODES) {
                count = fourGroups(query, codes, g, lane, words, hits, count);
            }
        }
        return count;
    }

    private static int fourGroups(long[] query, long[] codes, int g, int lane, int words, int[] hits, int before) {
        int step = (words + 1) * SignCodes.GROUP;
        int from = g * step + lane;
        LongVector a0 = LongVector.fromArray(L, codes, from);
        LongVector a1 = LongVector.fromArray(L, codes, from + step);
        LongVector a2 = LongVector.fromArray(L, codes, from + 2 * step);
        LongVector a3 = LongVector.fromArray(L, codes, from + 3 * step);
        for (int i = 0; i < words; i++) {
            LongVector q = LongVector.broadcast(L, query[i]);
            int at = from + (i + 1) * SignCodes.GROUP;
            a0 = a0.add(LongVector.fromArray(L, codes, at).lanewise(VectorOperators.XOR, q)
                    .lanewise(VectorOperators.BIT_COUNT));
            a1 = a1.add(LongVector.fromArray(L, codes, at + step).lanewise(VectorOperators.XOR, q)
                    .lanewise(VectorOperators.BIT_COUNT));
            a2 = a2.add(LongVector.fromArray(L, codes, at + 2 * step).lanewise(VectorOperators.XOR, q)
                    .lanewise(VectorOperators.BIT_COUNT));
            a3 = a3.add(LongVector.fromArray(L, codes, at + 3 * step).lanewise(VectorOperators.XOR, q)
                    .lanewise(VectorOperators.BIT_COUNT));
        }
        if (!a0.min(a1).min(a2.min(a3)).compare(VectorOperators.LE, 0).anyTrue()) {
            return before;
        }
        int code = g * SignCodes.GROUP + lane;
        int count = collect(a0.compare(VectorOperators.LE, 0).toLong(), code, hits, before);
        count = collect(a1.compare(VectorOperators.LE, 0).toLong(), code + SignCodes.GROUP, hits, count);
        count = collect(a2.compare(VectorOperators.LE, 0).toLong(), code + 2 * SignCodes.GROUP, hits, count);
        return collect(a3.compare(VectorOperators.LE, 0).toLong(), code + 3 * SignCodes.GROUP, hits, count);
    }

    private static int collect(long near, int code, int[] hits, int before) {
        int count = before;
        for (long left = near; left != 0; left &= left - 1) {
            hits[count++] = code + Long.numberOfTrailingZeros(left);
        }
        return count;
    }

    /** Summed in 16 bits for as long as the sums fit: no lane is wider than it has to be. */
    @Override
    public void products(short[] query, byte[] rows, int stride, int[] which, int count, int[] products) {
        Arrays.fill(products, 0, count, 0);
        for (int from = 0; from < stride; from += CoarseVectors.STEPS * SHORTS) {
            int end = Math.min(stride, from + CoarseVectors.STEPS * SHORTS);
            int n = 0;
            for (; n + 4 <= count; n += 4) {
                four(query, rows, stride, which, n, from, end, products);
            }
            for (; n < count; n++) {
                one(query, rows, which[n] * stride, n, from, end, products);
            }
        }
    }

    /** Four rows side by side share the loads of the query. */
    private static void four(short[] query, byte[] rows, int stride, int[] which, int n, int from, int end,
            int[] products) {
        int r0 = which[n] * stride;
        int r1 = which[n + 1] * stride;
        int r2 = which[n + 2] * stride;
        int r3 = which[n + 3] * stride;
        ShortVector none = ShortVector.zero(S);
        ShortVector a0 = none, a1 = none, a2 = none, a3 = none;
        for (int i = from; i < end; i += SHORTS) {
            ShortVector q = ShortVector.fromArray(S, query, i);
            a0 = a0.add(q.mul(ByteVector.fromArray(B, rows, r0 + i).convertShape(VectorOperators.B2S, S, 0)));
            a1 = a1.add(q.mul(ByteVector.fromArray(B, rows, r1 + i).convertShape(VectorOperators.B2S, S, 0)));
            a2 = a2.add(q.mul(ByteVector.fromArray(B, rows, r2 + i).convertShape(VectorOperators.B2S, S, 0)));
            a3 = a3.add(q.mul(ByteVector.fromArray(B, rows, r3 + i).convertShape(VectorOperators.B2S, S, 0)));
        }
        products[n] += sum(a0);
        products[n + 1] += sum(a1);
        products[n + 2] += sum(a2);
        products[n + 3] += sum(a3);
    }

    private static void one(short[] query, byte[] rows, int row, int n, int from, int end, int[] products) {
        ShortVector a = ShortVector.zero(S);
        for (int i = from; i < end; i += SHORTS) {
            a = a.add(ShortVector.fromArray(S, query, i)
                    .mul(ByteVector.fromArray(B, rows, row + i).convertShape(VectorOperators.B2S, S, 0)));
        }
        products[n] += sum(a);
    }

    /** Each 32-bit lane holds two sums of 16 bits. */
    private static int sum(ShortVector a) {
        IntVector pairs = a.reinterpretAsInts();
        return pairs.lanewise(VectorOperators.ASHR, Short.SIZE)
                .add(pairs.lanewise(VectorOperators.LSHL, Short.SIZE).lanewise(VectorOperators.ASHR, Short.SIZE))
                .reduceLanes(VectorOperators.ADD);
    }
}
