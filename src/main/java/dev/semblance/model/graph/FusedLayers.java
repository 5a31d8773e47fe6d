package dev.semblance.model.graph;

import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.EncoderWeights.Norm;
import java.util.ArrayList;
import java.util.List;

/** What the fused graphs share, padded or packed: everything but attention. */
// Operators: docs/ContribOperators.md of ONNX Runtime.
final class FusedLayers {

    private final OnnxGraph graph;
    private final Architecture shape;
    private final EncoderWeights weights;
    private final LinearOps linear;

    FusedLayers(OnnxGraph graph, Architecture shape, EncoderWeights weights, LinearOps linear) {
        this.graph = graph;
        this.shape = shape;
        this.weights = weights;
        this.linear = linear;
    }

    String words() {
        return graph.weight("embeddings.word_embeddings", weights.words(), shape.vocabulary(), shape.hidden());
    }

    String positions() {
        return graph.weight("embeddings.position_embeddings", weights.positions(), shape.positions(), shape.hidden());
    }

    String gain(Norm norm) {
        return graph.weight(norm.name() + ".gain", norm.gain()::floats, shape.hidden());
    }

    String shift(Norm norm) {
        return graph.weight(norm.name() + ".shift", norm.shift()::floats, shape.hidden());
    }

    Attribute epsilon() {
        return Attribute.of("epsilon", shape.layerNormEpsilon());
    }

    Attribute heads() {
        return Attribute.of("num_heads", shape.heads());
    }

    String bias(LinearLayer layer) {
        return graph.weight(layer.name() + ".bias", layer::bias, layer.outputs());
    }

    String product(String x, LinearLayer layer) {
        return linear.product(graph, x, layer);
    }

    /** What attention takes of a layer: query, key and value without their biases, and the biases end to end. */
    List<String> queryKeyValue(int layer, String queryRows, String x) {
        LinearLayer query = weights.query(layer);
        LinearLayer key = weights.key(layer);
        LinearLayer value = weights.value(layer);
        String biases = graph.weight("layer." + layer + ".query_key_value.bias",
                () -> LinearLayer.endToEnd(query.bias(), key.bias(), value.bias()), 3L * shape.hidden());
        return List.of(product(queryRows, query), product(x, key), product(x, value), biases);
    }

    /** norm(x + y), or norm(x + y + bias). */
    String skipNorm(String x, String y, Norm norm, String... bias) {
        List<String> in = new ArrayList<>(List.of(x, y, gain(norm), shift(norm)));
        in.addAll(List.of(bias));
        return graph.microsoft("SkipLayerNormalization", in, epsilon());
    }

    /**
     * The rest of a layer.
     *
     * @param context  what attention gave
     * @param residual the layer's input, of the same rows
     */
    String afterAttention(int layer, String context, String residual) {
        LinearLayer attended = weights.attentionOutput(layer);
        String x = skipNorm(product(context, attended), residual, weights.attentionNorm(layer), bias(attended));
        LinearLayer inner = weights.intermediate(layer);
        String active = shape.activation() == Activation.GELU
                ? linear.gelu(graph, x, inner, bias(inner))
                : graph.microsoft("FastGelu", List.of(product(x, inner), bias(inner)));
        LinearLayer outer = weights.output(layer);
        return skipNorm(product(active, outer), x, weights.outputNorm(layer), bias(outer));
    }
}
