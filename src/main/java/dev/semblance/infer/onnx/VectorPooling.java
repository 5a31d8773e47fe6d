package dev.semblance.infer.onnx;

import dev.semblance.model.Pooling;
import java.nio.FloatBuffer;

/**
 * Token vectors → one vector a text, in doubles and in a fixed order, so that it is the same bytes each time.
 *
 * <p>
 * Thread: one owner, since it has scratch.
 */
final class VectorPooling {

    private final Pooling pooling;
    private final int dimension;
    private final boolean normalised;

    /** Cleared on entry. */
    private final double[] sum;
    private final float[] token;

    VectorPooling(Pooling pooling, int dimension, boolean normalised) {
        this.pooling = pooling;
        this.dimension = dimension;
        this.normalised = normalised;
        this.sum = new double[dimension];
        this.token = new float[dimension];
    }

    /**
     * @param output       [rows × padded length × dimension], or [rows × dimension] where the model pools itself
     * @param tokens       of this row, padding left out
     * @param vectors      [rows × dimension], written at this row
     * @return false if the vector is not finite or has norm 0
     */
    boolean pool(FloatBuffer output, int row, int tokens, int paddedLength, float[] vectors) {
        int first = pooling == Pooling.NONE ? row : row * paddedLength;
        int count = pooling == Pooling.MEAN ? tokens : 1;
        java.util.Arrays.fill(sum, 0);
        for (int t = 0; t < count; t++) {
            output.get((first + t) * dimension, token);
            for (int d = 0; d < dimension; d++) {
                sum[d] += token[d];
            }
        }
        double squares = 0;
        for (int d = 0; d < dimension; d++) {
            sum[d] /= count;
            squares += sum[d] * sum[d];
        }
        double norm = Math.sqrt(squares);
        if (!(norm > 0) || Double.isInfinite(norm)) {
            return false;
        }
        double scale = normalised ? norm : 1;
        for (int d = 0; d < dimension; d++) {
            vectors[row * dimension + d] = (float) (sum[d] / scale);
        }
        return true;
    }
}
