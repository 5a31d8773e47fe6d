package dev.semblance.model.graph;

import java.util.Arrays;

/**
 * Weights as bytes, with a scale for each output.
 *
 * @param values [inputs, copies counted × outputs], [−127 … 127]
 * @param scales [outputs]
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, nor handed out of the package.
record Int8Matrix(byte[] values, float[] scales) {

    private static final int LARGEST = 127;

    /**
     * @param matrix  [outputs × factors.length]
     * @param factors [inputs], what to multiply its columns by
     * @param copies  [inputs], how many times a channel is there; its weight is shared out so that the bytes add up to the
     *                    nearest whole
     */
    static Int8Matrix of(float[] matrix, float[] factors, int... copies) {
        int inputs = factors.length;
        int outputs = matrix.length / inputs;
        byte[] values = new byte[Arrays.stream(copies).sum() * outputs];
        float[] scales = scales(matrix, factors, copies);
        for (int o = 0; o < outputs; o++) {
            int at = o;
            for (int c = 0; c < inputs; c++) {
                int end = LARGEST * copies[c];
                int whole = Math.clamp(Math.round(matrix[o * inputs + c] * factors[c] / scales[o]), -end, end);
                for (int k = 0; k < copies[c]; k++) {
                    values[at] = (byte) Math.floorDiv(whole + k, copies[c]);
                    at += outputs;
                }
            }
        }
        return new Int8Matrix(values, scales);
    }

    /** The scales alone, without the bytes; arguments as of {@link #of}. */
    static float[] scales(float[] matrix, float[] factors, int... copies) {
        int inputs = factors.length;
        float[] scales = new float[matrix.length / inputs];
        for (int o = 0; o < scales.length; o++) {
            float largest = 0;
            for (int c = 0; c < inputs; c++) {
                largest = Math.max(largest, Math.abs(matrix[o * inputs + c] * factors[c]) / copies[c]);
            }
            scales[o] = largest == 0 ? 1 : largest / LARGEST;
        }
        return scales;
    }
}
