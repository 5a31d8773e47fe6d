package dev.semblance.vector;

/**
 * Unit vectors in 16 bits a component: whole numbers of at most 32,767, times a power of two of the vector's own. A
 * component errs by at most 2⁻¹⁵ of the largest one, so the cosine of two sentence vectors errs by a few millionths:
 * ten times less than with half floats of the same size. Rounding twice changes nothing, and every machine converts it
 * in SIMD registers.
 *
 * <p>Thread: stateless, safe everywhere.
 */
public final class FixedPoint {

    private static final int LIMIT = Short.MAX_VALUE;
    /** How far the norm of a normalised vector is from 1, at most. */
    private static final double UNIT_ERROR = 5e-7;

    private FixedPoint() {}

    /**
     * The nearest vector that can be held, of (nearly) unit norm, a new array. Idempotent.
     *
     * @throws IllegalArgumentException where the norm is zero or not finite
     */
    public static float[] rounded(float[] v) {
        short[] numbers = new short[v.length];
        byte exponent = encode(v, numbers, 0);
        float[] rounded = new float[v.length];
        decode(numbers, 0, exponent, v.length, rounded, 0);
        return rounded;
    }

    /**
     * Normalises, rounds and writes a vector. One that is rounded already is written as it is: what was read comes back
     * to the same bits.
     *
     * @param v       any norm but zero
     * @param numbers receives [dimension] from {@code at}
     * @return the exponent: component = number × 2^exponent
     * @throws IllegalArgumentException where the norm is zero or not finite
     */
    public static byte encode(float[] v, short[] numbers, int at) {
        // On its grid, and no longer or shorter than rounding can have made it.
        boolean rounded = Math.abs(VectorKernels.norm(v) - 1) <= maxError(v.length) + UNIT_ERROR && isRounded(v);
        float[] unit = rounded ? v : VectorKernels.normalised(v);
        int exponent = exponent(unit);
        float up = Math.scalb(1f, -exponent);
        for (int i = 0; i < unit.length; i++) {
            numbers[at + i] = (short) Math.rint(unit[i] * up);
        }
        return (byte) exponent;
    }

    private static boolean isRounded(float[] v) {
        int exponent = exponent(v);
        float up = Math.scalb(1f, -exponent);
        for (float x : v) {
            float scaled = x * up;
            if (scaled != (int) scaled) {
                return false;
            }
        }
        return true;
    }

    /** The smallest power of two that takes the largest component into the range. It is the same after rounding. */
    private static int exponent(float[] v) {
        float max = 0;
        for (float x : v) {
            max = Math.max(max, Math.abs(x));
        }
        int exponent = Math.getExponent(max) - 14;
        return max > Math.scalb((float) LIMIT, exponent) ? exponent + 1 : exponent;
    }

    /** Reads a vector of {@code dimension} components from {@code numbers} at {@code from} into {@code v} at {@code to}. */
    public static void decode(short[] numbers, int from, byte exponent, int dimension, float[] v, int to) {
        float factor = Math.scalb(1f, exponent);
        for (int i = 0; i < dimension; i++) {
            v[to + i] = numbers[from + i] * factor;
        }
    }

    /**
     * Cosine of a query with a vector as it is held: the {@link VectorKernels#dot} of the normalised query with the
     * rounded vector, −1 … 1. It is not symmetric: only one side is rounded.
     */
    public static float cosine(float[] query, float[] stored) {
        return VectorKernels.clamp(VectorKernels.dot(VectorKernels.normalised(query), rounded(stored)));
    }

    /** Bound on the length of the difference between a unit vector and its rounded one, whatever the vector. */
    public static double maxError(int dimension) {
        return Math.sqrt(dimension) * 0x1p-15;
    }
}
