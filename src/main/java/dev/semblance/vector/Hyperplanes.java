package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;
import static dev.semblance.vector.VectorKernels.PACK;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Random hyperplanes through the origin, and the sign code of a vector: bit p says on which side of hyperplane p it
 * lies. Two vectors at an angle θ differ in each bit with the probability θ/π, independently over the draw of the
 * hyperplanes (Charikar, "Similarity estimation techniques from rounding algorithms", 2002).
 *
 * <p>The hyperplanes come from a fixed seed by integer arithmetic and {@link StrictMath}, the signs from fma chains: a
 * vector has the same code on every machine. Whoever changes either must raise {@link #VERSION}.
 *
 * <p>Thread: immutable, safe everywhere.
 */
public final class Hyperplanes {

    /** Of the codes that this class makes. They are never stored, so nothing has to be migrated. */
    public static final int VERSION = 1;

    private static final long SEED = 0x73656d626c616e63L;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private record Shape(int dimension, int bits) {}

    private static final Map<Shape, Hyperplanes> MADE = new ConcurrentHashMap<>();

    private final int dimension;
    private final int bits;
    /** [bits / 32][dimension × 32], laid out as {@link VectorKernels#score} takes candidates. */
    private final float[][] groups;

    private Hyperplanes(Shape shape) {
        dimension = shape.dimension;
        bits = shape.bits;
        groups = new float[bits / GROUP][dimension * GROUP];
        for (int p = 0; p < bits; p++) {
            fill(groups[p / GROUP], p % GROUP, p);
        }
    }

    /**
     * Those of that shape; made once in a process, in about 40 ns a component.
     *
     * @param bits a multiple of 64
     */
    public static Hyperplanes of(int dimension, int bits) {
        if (bits < Long.SIZE || bits % Long.SIZE != 0) {
            throw new IllegalArgumentException("bits=" + bits + ": expected a multiple of " + Long.SIZE);
        }
        return MADE.computeIfAbsent(new Shape(dimension, bits), Hyperplanes::new);
    }

    /** Standard normal components by Marsaglia's polar method, over SplitMix64. */
    private void fill(float[] group, int lane, int plane) {
        long state = mix(SEED + plane * GOLDEN);
        for (int j = 0; j < dimension; j += 2) {
            double u;
            double v;
            double s;
            do {
                u = 2 * uniform(mix(state += GOLDEN)) - 1;
                v = 2 * uniform(mix(state += GOLDEN)) - 1;
                s = u * u + v * v;
            } while (s >= 1 || s == 0);
            double factor = StrictMath.sqrt(-2 * StrictMath.log(s) / s);
            group[j * GROUP + lane] = (float) (u * factor);
            if (j + 1 < dimension) {
                group[(j + 1) * GROUP + lane] = (float) (v * factor);
            }
        }
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    private static double uniform(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    /** 64-bit words of a code. */
    public int words() {
        return bits / Long.SIZE;
    }

    /** Hyperplanes 32 · g to 32 · g + 31: component j of plane p at {@code j * 32 + p % 32}. Not to be written to. */
    float[] group(int g) {
        return groups[g];
    }

    /**
     * Codes of 8 vectors at once.
     *
     * @param pack       [dimension × 8] from {@code packOffset}: component j of vector k at {@code j * 8 + k}
     * @param codes      receives [words × 8] from {@code codesOffset}: word i of vector k at {@code i * 8 + k}
     * @param scores     scratch, [256]
     */
    public void encode(float[] pack, int packOffset, long[] codes, int codesOffset, float[] scores) {
        for (int i = 0; i < words() * PACK; i++) {
            codes[codesOffset + i] = 0;
        }
        for (int g = 0; g < groups.length; g++) {
            VectorKernels.score(pack, packOffset, groups[g], dimension, scores);
            int shift = g % 2 * GROUP;
            int at = codesOffset + g / 2 * PACK;
            for (int k = 0; k < PACK; k++) {
                long half = 0;
                for (int p = 0; p < GROUP; p++) {
                    half |= scores[k * GROUP + p] > 0 ? 1L << p : 0;
                }
                codes[at + k] |= half << shift;
            }
        }
    }
}
