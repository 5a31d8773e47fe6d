package dev.semblance.model.graph;

import dev.semblance.model.weights.Tensor;

/**
 * y = x Wᵀ + b.
 *
 * @param name    unique in the model; weights in the graph are named after it
 * @param inputs  length of x
 * @param outputs length of y
 * @param weight  W, [outputs × inputs], as trainers store it
 * @param offset  b, [outputs]
 */
record LinearLayer(String name, int inputs, int outputs, Tensor weight, Tensor offset) {

    /** Wᵀ as [inputs × outputs], what MatMul takes on its right: a new array, read anew each time. */
    float[] transposed() {
        return transposed(weight.floats(), outputs, inputs);
    }

    /** [outputs]: a new array, read anew each time. */
    float[] bias() {
        return offset.floats();
    }

    /** A new array. */
    static float[] endToEnd(float[]... parts) {
        int length = 0;
        for (float[] part : parts) {
            length += part.length;
        }
        float[] all = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** In tiles, so that both sides stay in the cache. */
    private static float[] transposed(float[] matrix, int rows, int columns) {
        int tile = 32;
        float[] turned = new float[matrix.length];
        for (int r0 = 0; r0 < rows; r0 += tile) {
            for (int c0 = 0; c0 < columns; c0 += tile) {
                int rEnd = Math.min(rows, r0 + tile);
                int cEnd = Math.min(columns, c0 + tile);
                for (int r = r0; r < rEnd; r++) {
                    for (int c = c0; c < cEnd; c++) {
                        turned[c * rows + r] = matrix[r * columns + c];
                    }
                }
            }
        }
        return turned;
    }
}
