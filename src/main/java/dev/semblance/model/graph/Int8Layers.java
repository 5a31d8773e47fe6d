package dev.semblance.model.graph;

import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.EncoderWeights.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Layers whose products are of unsigned bytes and signed bytes, added up as int32; attention, GELU and layer norms stay fp32.
 * All scales are fixed when the graph is written, so a text's vector does not depend on what else is in its batch.
 */
// Operators: docs/ContribOperators.md of ONNX Runtime. How the constants were chosen: docs/MODELS.md.
final class Int8Layers implements EncoderLayers {

    private static final double ATTENTION_MIGRATION = 0.85;
    private static final double INTERMEDIATE_MIGRATION = 0.75;

    /** GELU leaves a few channels far above all others; at 1 their bytes are too coarse, which short texts show. */
    private static final double OUTPUT_MIGRATION = 0.85;

    /** GELU never falls below −0.17, and reaches about 8 times as much above 0 in most channels. */
    private static final float GELU_NEGATIVE_WEIGHT = 8;

    /** One channel of the intermediate layer in so many is there once more; kernels like multiples of 16. */
    private static final int CHANNELS_PER_COPY = 48;
    private static final int COPIES_MULTIPLE = 16;

    private final OnnxGraph graph;
    private final Architecture shape;
    private final EncoderWeights weights;
    private final FusedLayers parts;
    private final Calibration calibration;

    Int8Layers(OnnxGraph graph, Architecture shape, EncoderWeights weights, FusedLayers parts,
            Calibration calibration) {
        this.graph = graph;
        this.shape = shape;
        this.weights = weights;
        this.parts = parts;
        this.calibration = calibration;
    }

    @Override
    public String layer(int layer, String x) {
        Attention attention = new Attention(layer);
        String bytes = attention.projected.bytes(graph, x);
        return afterAttention(layer, attention, attention.context(bytes, bytes), x);
    }

    @Override
    public String lastForFirstToken(int layer, String x) {
        Attention attention = new Attention(layer);
        String bytes = attention.projected.bytes(graph, x);
        return afterAttention(layer, attention, attention.context(first(bytes), bytes), first(x));
    }

    private String first(String x) {
        return graph.op("Slice", List.of(x, graph.int64s(0), graph.int64s(1), graph.int64s(1)));
    }

    /**
     * Query, key and value. Channels of the value are divided beforehand by what the attention's output wants them divided
     * by: attention mixes tokens, never channels.
     */
    private final class Attention {

        final LinearLayer query;
        final LinearLayer key;
        final LinearLayer value;
        final LinearLayer output;
        final Int8Input projected;
        final Int8Input mixed;

        Attention(int layer) {
            query = weights.query(layer);
            key = weights.key(layer);
            value = weights.value(layer);
            output = weights.attentionOutput(layer);
            mixed = input(output, ATTENTION_MIGRATION, 1, Int8Input.largest(output.weight().floats(), shape.hidden()));
            float[] largest = Int8Input.largest(LinearLayer.endToEnd(query.weight().floats(), key.weight().floats(),
                    dividedValue()), shape.hidden());
            projected = input(key, ATTENTION_MIGRATION, 1, largest);
        }

        String context(String queryBytes, String bytes) {
            List<String> in = new ArrayList<>();
            in.add(product(queryBytes, projected, query.name(), query.weight()::floats, query::bias));
            in.add(product(bytes, projected, key.name(), key.weight()::floats, key::bias));
            in.add(product(bytes, projected, value.name(), this::dividedValue,
                    () -> divided(value.bias(), 1)));
            in.add("");
            in.add(GraphSpec.MASK);
            return graph.microsoft("MultiHeadAttention", in, parts.heads());
        }

        private float[] dividedValue() {
            return divided(value.weight().floats(), shape.hidden());
        }

        /** Rows [channels × width], in place. */
        private float[] divided(float[] rows, int width) {
            for (int i = 0; i < rows.length; i++) {
                rows[i] /= mixed.factors()[i / width];
            }
            return rows;
        }
    }

    private String afterAttention(int layer, Attention attention, String context, String residual) {
        LinearLayer attended = attention.output;
        String x = skipNorm(product(attention.mixed.divided(graph, context), attention.mixed, attended.name(),
                attended.weight()::floats, attended::bias), residual, weights.attentionNorm(layer));
        LinearLayer inner = weights.intermediate(layer);
        LinearLayer outer = weights.output(layer);
        float[] largest = Int8Input.largest(outer.weight().floats(), shape.intermediate());
        Int8Input active = input(outer, OUTPUT_MIGRATION, GELU_NEGATIVE_WEIGHT, largest);
        int[] copies = copies(active.factors(), largest);
        Int8Input normed = input(inner, INTERMEDIATE_MIGRATION, 1,
                Int8Input.largest(inner.weight().floats(), shape.hidden()));
        String gelu = graph.microsoft(shape.activation() == Activation.GELU ? "Gelu" : "FastGelu",
                List.of(product(normed.bytes(graph, x), normed, inner.name(),
                        () -> Copies.repeat(inner.weight().floats(), shape.hidden(), copies),
                        () -> Copies.repeat(inner.bias(), 1, copies))));
        String y = product(active.repeated(copies).bytes(graph, gelu), active, outer.name(), outer.weight()::floats,
                outer::bias, copies);
        return skipNorm(y, x, weights.outputNorm(layer));
    }

    private int[] copies(float[] factors, float[] largest) {
        float[] sizes = new float[factors.length];
        for (int c = 0; c < sizes.length; c++) {
            sizes[c] = factors[c] * largest[c];
        }
        return Copies.of(sizes, Math.ceilDiv(sizes.length, CHANNELS_PER_COPY * COPIES_MULTIPLE) * COPIES_MULTIPLE);
    }

    private Int8Input input(LinearLayer layer, double migration, float negativeWeight, float... largestWeights) {
        return Int8Input.of(layer.name(), calibration.range(layer.name(), layer.inputs()), largestWeights, migration,
                negativeWeight);
    }

    private String skipNorm(String x, String residual, Norm norm) {
        return parts.skipNorm(x, residual, norm);
    }

    /**
     * x Wᵀ + b in fp32.
     *
     * @param bytes  x, as the input says
     * @param matrix W, [outputs × channels of the input]
     * @param copies of each channel in the bytes; none for one each
     */
    private String product(String bytes, Int8Input input, String name, Supplier<float[]> matrix, Supplier<float[]> bias,
            int... copies) {
        int[] each = copies.length == 0 ? ones(input.factors().length) : copies;
        long outputs = bias.get().length;
        graph.initialiser(name + ".weight", OnnxType.INT8,
                sink -> sink.bytes(Int8Matrix.of(matrix.get(), input.factors(), each).values()),
                Arrays.stream(each).sum(), outputs);
        graph.weight(name + ".scale", () -> Int8Matrix.scales(matrix.get(), input.factors(), each), outputs);
        // Stated, and one a layer: ONNX Runtime moves weights to unsigned bytes, where the processor's signed products
        // saturate, only together with a zero point of their own (session.x64quantprecision).
        graph.initialiser(name + ".weight_zero", OnnxType.INT8, sink -> sink.bytes((byte) 0));
        graph.weight(name + ".bias", bias, outputs);
        return graph.microsoft("MatMulIntegerToFloat", List.of(bytes, name + ".weight", input.scaleName(),
                name + ".scale", input.zeroName(), name + ".weight_zero", name + ".bias"));
    }

    private static int[] ones(int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
