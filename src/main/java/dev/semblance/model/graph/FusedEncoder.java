package dev.semblance.model.graph;

import dev.semblance.model.Pooling;
import java.util.List;

/** Rows of one padded length, by ONNX Runtime's fused operators. */
// Operators: docs/ContribOperators.md of ONNX Runtime.
final class FusedEncoder {

    private final OnnxGraph graph;
    private final Architecture shape;
    private final EncoderWeights weights;
    private final FusedLayers parts;
    private final EncoderLayers layers;

    /** @param parts of the embeddings; the layers may be others */
    FusedEncoder(OnnxGraph graph, Architecture shape, EncoderWeights weights, FusedLayers parts,
            EncoderLayers layers) {
        this.graph = graph;
        this.shape = shape;
        this.weights = weights;
        this.parts = parts;
        this.layers = layers;
    }

    void emit(Pooling pooling) {
        graph.input(GraphSpec.IDS, OnnxType.INT32, "rows", "tokens");
        graph.input(GraphSpec.MASK, OnnxType.INT32, "rows", "tokens");
        EncoderWeights.Norm norm = weights.embeddingNorm();
        String x = graph.microsofts("EmbedLayerNormalization", 2, List.of(GraphSpec.IDS, "", parts.words(),
                parts.positions(), "", parts.gain(norm), parts.shift(norm), GraphSpec.MASK), parts.epsilon())
                .getFirst();
        boolean firstOnly = pooling == Pooling.CLS;
        for (int layer = 0; layer < shape.layers(); layer++) {
            x = firstOnly && layer == shape.layers() - 1
                    ? layers.lastForFirstToken(layer, x)
                    : layers.layer(layer, x);
        }
        SentenceOutputs outputs = new SentenceOutputs(graph, shape.hidden());
        if (firstOnly) {
            outputs.first(graph.op("Squeeze", List.of(x, graph.int64s(1))));
        } else {
            String mask = graph.op("Cast", List.of(GraphSpec.MASK), Attribute.of("to", OnnxType.FLOAT.code()));
            outputs.mean(x, graph.op("Unsqueeze", List.of(mask, graph.int64s(1))));
        }
    }
}
