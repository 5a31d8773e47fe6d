package dev.semblance.vector;

/**
 * The arithmetic of unit vectors, and the choice of who does it: SIMD where the module {@code jdk.incubator.vector} is
 * resolved, else the scalar twin, which gives the same bits more than ten times slower (see {@link #simd()}).
 *
 * <p>Thread: stateless, safe everywhere.
 */
public final class VectorKernels {

    /** Candidates scored by one call of {@link #score}: the width of a block. */
    public static final int GROUP = 32;
    /** Queries scored by one call of {@link #score}: the width of a pack. */
    public static final int PACK = 8;

    /**
     * Vectors this close to unit norm are taken as they are. Rounding a normalised vector to floats moves its squared
     * norm by at most 2 · 2⁻²⁴, so normalising twice changes nothing: a restored vector has the bits it had before.
     */
    private static final double UNIT_TOLERANCE = 2.5e-7;

    static final Kernels KERNELS = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
            ? new SimdKernels()
            : new ScalarKernels();

    private VectorKernels() {}

    /** Whether scans run on SIMD registers. False means: start Java with {@code --add-modules=jdk.incubator.vector}. */
    public static boolean simd() {
        return KERNELS instanceof SimdKernels;
    }

    /**
     * Dot product: the chain {@code s = fma(a[i], b[i], s)} from 0 in the order of the components. Symmetric, and the
     * same bits as any scan gives for the pair. For unit vectors of n components it errs by at most n · 2⁻²⁴, by
     * about 1e-7 in practice.
     *
     * @throws IllegalArgumentException where the dimensions differ
     */
    public static float dot(float[] a, float[] b) {
        requireSameDimension(a, b);
        float s = 0;
        for (int i = 0; i < a.length; i++) {
            s = Math.fma(a[i], b[i], s);
        }
        return s;
    }

    /** Bound on how far {@link #roughDot} lies from {@link #dot}, for unit vectors of up to 4,096 components. */
    public static final float ROUGH_ERROR = 1e-3f;

    /**
     * About the {@link #dot}, in any order: to tell apart what need not be looked at. Its last bits depend on the
     * machine.
     */
    public static float roughDot(float[] a, int fromA, float[] b, int fromB, int dimension) {
        return KERNELS.roughDot(a, fromA, b, fromB, dimension);
    }

    /**
     * About the {@link #dot} of a vector with one in whole numbers, in any order: to tell apart what need not be looked
     * at. Its last bits depend on the machine.
     *
     * @param exponent of the second one ({@link FixedPoint})
     */
    public static float roughDot(float[] a, int fromA, short[] b, int fromB, byte exponent, int dimension) {
        return Math.scalb(1f, exponent) * KERNELS.roughDot(a, fromA, b, fromB, dimension);
    }

    /**
     * {@link #dot} of several pairs, four chains side by side: one alone would wait for the latency of each
     * multiply-add.
     *
     * @param queries   vectors, one after the other, [dimension] each
     * @param queryRows row of {@code queries} of each pair
     * @param rows      the other vectors, [pairs × dimension]
     * @param scores    receives the dot product of each pair
     */
    public static void dots(float[] queries, int[] queryRows, float[] rows, int dimension, int pairs,
            float[] scores) {
        int p = 0;
        for (; p + 4 <= pairs; p += 4) {
            fourDots(queries, queryRows, rows, dimension, p, scores);
        }
        for (; p < pairs; p++) {
            int q = queryRows[p] * dimension;
            int r = p * dimension;
            float s = 0;
            for (int i = 0; i < dimension; i++) {
                s = Math.fma(queries[q + i], rows[r + i], s);
            }
            scores[p] = s;
        }
    }

    private static void fourDots(float[] queries, int[] queryRows, float[] rows, int dimension, int p,
            float[] scores) {
        int q0 = queryRows[p] * dimension;
        int q1 = queryRows[p + 1] * dimension;
        int q2 = queryRows[p + 2] * dimension;
        int q3 = queryRows[p + 3] * dimension;
        int r0 = p * dimension;
        int r1 = r0 + dimension;
        int r2 = r1 + dimension;
        int r3 = r2 + dimension;
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int i = 0; i < dimension; i++) {
            s0 = Math.fma(queries[q0 + i], rows[r0 + i], s0);
            s1 = Math.fma(queries[q1 + i], rows[r1 + i], s1);
            s2 = Math.fma(queries[q2 + i], rows[r2 + i], s2);
            s3 = Math.fma(queries[q3 + i], rows[r3 + i], s3);
        }
        scores[p] = s0;
        scores[p + 1] = s1;
        scores[p + 2] = s2;
        scores[p + 3] = s3;
    }

    /**
     * Cosine of two vectors of any norm: the {@link #dot} of both normalised, −1 … 1.
     *
     * @throws IllegalArgumentException where the dimensions differ, or a norm is zero or not finite
     */
    public static float cosine(float[] a, float[] b) {
        requireSameDimension(a, b);
        return clamp(dot(normalised(a), normalised(b)));
    }

    /** Rounding can push the dot product of equal unit vectors a few ulps beyond 1. */
    public static float clamp(float cosine) {
        return Math.max(-1f, Math.min(1f, cosine));
    }

    /** Euclidean norm, accumulated in double precision. NaN or infinite where a component is. */
    public static double norm(float[] v) {
        return Math.sqrt(squaredNorm(v));
    }

    private static double squaredNorm(float[] v) {
        double s = 0;
        for (float x : v) {
            s += (double) x * x;
        }
        return s;
    }

    /**
     * The vector with unit L2 norm: {@code v} itself where it already is one, else a new array. Idempotent.
     *
     * @throws IllegalArgumentException where the norm is zero or not finite
     */
    public static float[] normalised(float[] v) {
        double squared = squaredNorm(v);
        if (Math.abs(squared - 1) <= UNIT_TOLERANCE) {
            return v;
        }
        double norm = Math.sqrt(squared);
        if (!(norm > 0) || norm == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("a vector of dimension " + v.length + " has the norm " + norm
                    + ": it has no direction; expected a finite norm above 0");
        }
        float[] unit = new float[v.length];
        for (int i = 0; i < v.length; i++) {
            unit[i] = (float) (v[i] / norm);
        }
        return unit;
    }

    /**
     * Scores 8 queries against 32 candidates.
     *
     * @param pack      [dimension × 8] from {@code packOffset}: component j of query k at {@code j * 8 + k}
     * @param group     [dimension × 32]: component j of candidate c at {@code j * 32 + c}
     * @param scores    [8 × 32], written whole: query k and candidate c at {@code k * 32 + c}; each the {@link #dot}
     * @return the largest of the scores
     */
    public static float score(float[] pack, int packOffset, float[] group, int dimension, float[] scores) {
        return KERNELS.score(pack, packOffset, group, dimension, scores);
    }

    private static void requireSameDimension(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("vectors of dimensions " + a.length + " and " + b.length
                    + " cannot be compared; they come from different models");
        }
    }
}
