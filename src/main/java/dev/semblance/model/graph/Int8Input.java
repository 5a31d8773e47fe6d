package dev.semblance.model.graph;

import java.util.List;

/**
 * How the input of a dense layer becomes bytes: each channel divided by a factor of its own, which moves what is too uneven
 * among channels over to the weights, then one scale for all of them.
 *
 * @param name      of the layer
 * @param factors   [channels], positive; the layer's weights are to be multiplied by them
 * @param scale     of the bytes
 * @param zeroPoint the byte that stands for 0, [0 … 255]
 */
// SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models, 2023,
// https://arxiv.org/abs/2211.10438
@SuppressWarnings("ArrayRecordComponent") // Never compared, nor handed out of the package.
record Int8Input(String name, float[] factors, float scale, int zeroPoint) {

    /** Keeps channels that are always 0 from becoming NaN. */
    private static final float SMALLEST = 1e-5f;
    private static final int LEVELS = 255;

    /**
     * @param largestWeights [channels], absolute
     * @param migration      0 … 1: how much of the unevenness goes to the weights
     * @param negativeWeight how much a negative value counts against a positive one: of inputs that are never far below 0,
     *                           more than 1 keeps bytes from being spent on negative values
     */
    static Int8Input of(String name, Calibration.Range range, float[] largestWeights, double migration,
            float negativeWeight) {
        float[] factors = new float[range.channels()];
        float low = 0;
        float high = 0;
        for (int c = 0; c < factors.length; c++) {
            double size = Math.max(SMALLEST, Math.max(range.high()[c], -range.low()[c] * negativeWeight));
            double weight = Math.max(SMALLEST, largestWeights[c]);
            // StrictMath: the same bytes on every machine.
            factors[c] = (float) (StrictMath.pow(size, migration) / StrictMath.pow(weight, 1 - migration));
            low = Math.min(low, range.low()[c] / factors[c]);
            high = Math.max(high, range.high()[c] / factors[c]);
        }
        float scale = high > low ? (high - low) / LEVELS : 1;
        return new Int8Input(name, factors, scale, Math.clamp(Math.round(-low / scale), 0, LEVELS));
    }

    /** Largest absolute value of each column of a matrix [… × columns]. */
    static float[] largest(float[] matrix, int columns) {
        float[] largest = new float[columns];
        for (int i = 0; i < matrix.length; i++) {
            largest[i % columns] = Math.max(largest[i % columns], Math.abs(matrix[i]));
        }
        return largest;
    }

    /** With each channel as many times as said, next to itself. */
    Int8Input repeated(int... copies) {
        return new Int8Input(name, Copies.repeat(factors, 1, copies), scale, zeroPoint);
    }

    /** Divides and rounds: the name of the bytes. */
    String bytes(OnnxGraph graph, String x) {
        float[] reciprocals = new float[factors.length];
        for (int c = 0; c < reciprocals.length; c++) {
            reciprocals[c] = 1 / factors[c];
        }
        return divided(graph, graph.op("Mul", List.of(x, graph.weight(name + ".input_factors", () -> reciprocals,
                reciprocals.length))));
    }

    /** Rounds what was divided by the factors before: the name of the bytes. */
    String divided(OnnxGraph graph, String x) {
        graph.weight(scaleName(), () -> new float[]{scale});
        graph.initialiser(zeroName(), OnnxType.UINT8, sink -> sink.bytes((byte) zeroPoint));
        return graph.op("QuantizeLinear", List.of(x, scaleName(), zeroName()));
    }

    String scaleName() {
        return name + ".input_scale";
    }

    String zeroName() {
        return name + ".input_zero";
    }
}
