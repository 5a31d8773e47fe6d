package dev.semblance.vector;

/**
 * Unit vectors as small whole numbers of a byte each, times a scale, and how far off that is: enough to be sure that most
 * pairs stay below a threshold, at a quarter of the memory that has to be read, and without ever losing one.
 *
 * <p>For unit vectors q and w with coarse ones q' and w', q · w = q' · w' + q' · (w − w') + (q − q') · w, so by Cauchy and
 * Schwarz it is at most q' · w' + |q'| |w − w'| + |q − q'|.
 *
 * <p>Thread: stateless, safe everywhere.
 */
public final class CoarseVectors {

    /** Rows are filled up with zeros to a multiple of this. */
    static final int PAD = 32;
    /** Products summed in 16 bits: 24 · 36 · 36 is the most that fits. */
    static final int STEPS = 24;

    private static final int LIMIT = 36;
    private static final LoneKernels KERNELS = VectorKernels.simd() ? new SimdLoneKernels() : new ScalarLoneKernels();

    private CoarseVectors() {}

    /** Bytes of a row of that many components. */
    public static int stride(int dimension) {
        return Math.ceilDiv(dimension, PAD) * PAD;
    }

    /**
     * Writes a vector as a row.
     *
     * @param unit unit L2 norm
     * @param rows receives {@link #stride} bytes from {@code from}; those beyond the dimension are left alone
     * @return the scale: component = number × scale
     */
    public static float encode(float[] unit, byte[] rows, int from) {
        float scale = scale(unit);
        for (int i = 0; i < unit.length; i++) {
            rows[from + i] = (byte) number(unit[i], scale);
        }
        return scale;
    }

    /** The same for a query: [{@link #stride}]. */
    public static float encode(float[] unit, short[] query) {
        float scale = scale(unit);
        for (int i = 0; i < unit.length; i++) {
            query[i] = (short) number(unit[i], scale);
        }
        return scale;
    }

    private static float scale(float[] unit) {
        float largest = 0;
        for (float x : unit) {
            largest = Math.max(largest, Math.abs(x));
        }
        return largest / LIMIT;
    }

    private static int number(float component, float scale) {
        return Math.clamp(Math.round(component / scale), -LIMIT, LIMIT);
    }

    /** Length of the difference between a vector and its coarse one, rounded up. */
    public static float error(float[] unit, float scale) {
        double sum = 0;
        for (float x : unit) {
            double off = x - (double) number(x, scale) * scale;
            sum += off * off;
        }
        return Math.nextUp((float) Math.sqrt(sum));
    }

    /**
     * Scalar products of the whole numbers of a query and of some rows.
     *
     * @param which    the rows
     * @param products receives the product of row {@code which[i]} at {@code i}, for each i below {@code count}
     */
    public static void products(short[] query, byte[] rows, int stride, int[] which, int count, int[] products) {
        KERNELS.products(query, rows, stride, which, count, products);
    }
}
