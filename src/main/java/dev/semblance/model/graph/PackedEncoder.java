package dev.semblance.model.graph;

import dev.semblance.model.Pooling;
import java.util.ArrayList;
import java.util.List;

/** Texts end to end without padding; ONNX Runtime has its attention on CUDA only. */
// PackedMultiHeadAttention and RestorePadding in docs/ContribOperators.md of ONNX Runtime.
final class PackedEncoder {

    private final OnnxGraph graph;
    private final Architecture shape;
    private final EncoderWeights weights;
    private final FusedLayers layers;

    PackedEncoder(OnnxGraph graph, Architecture shape, EncoderWeights weights, LinearOps linear) {
        this.graph = graph;
        this.shape = shape;
        this.weights = weights;
        this.layers = new FusedLayers(graph, shape, weights, linear);
    }

    void emit(Pooling pooling) {
        graph.input(GraphSpec.IDS, OnnxType.INT32, "tokens");
        graph.input(GraphSpec.POSITIONS, OnnxType.INT32, "tokens");
        graph.input(GraphSpec.TOKEN_OFFSET, OnnxType.INT32, "rows", "longest");
        graph.input(GraphSpec.CUMULATIVE_LENGTHS, OnnxType.INT32, "rows_and_one");
        String x = layers.skipNorm(graph.op("Gather", List.of(layers.words(), GraphSpec.IDS)),
                graph.op("Gather", List.of(layers.positions(), GraphSpec.POSITIONS)), weights.embeddingNorm());
        boolean firstOnly = pooling == Pooling.CLS;
        for (int layer = 0; layer < shape.layers(); layer++) {
            String context = attention(layer, x);
            if (firstOnly && layer == shape.layers() - 1) {
                // Nothing but the first tokens' vectors is used from here on: [rows × hidden].
                String starts = starts();
                context = graph.op("Gather", List.of(context, starts));
                x = graph.op("Gather", List.of(x, starts));
            }
            x = layers.afterAttention(layer, context, x);
        }
        SentenceOutputs outputs = new SentenceOutputs(graph, shape.hidden());
        if (firstOnly) {
            outputs.first(x);
        } else {
            mean(outputs, x);
        }
    }

    private String attention(int layer, String x) {
        List<String> in = new ArrayList<>(layers.queryKeyValue(layer, x, x));
        in.addAll(List.of(GraphSpec.TOKEN_OFFSET, GraphSpec.CUMULATIVE_LENGTHS));
        return graph.microsoft("PackedMultiHeadAttention", in, layers.heads());
    }

    /** The first row of each text in the stream: [rows]. */
    private String starts() {
        return cumulative(0, -1);
    }

    private String cumulative(long from, long to) {
        return graph.op("Slice", List.of(GraphSpec.CUMULATIVE_LENGTHS, graph.int64s(from), graph.int64s(to),
                graph.int64s(0)));
    }

    /** Padding is zero after RestorePadding, but the mask keeps the count, so both poolings share their steps. */
    private void mean(SentenceOutputs outputs, String x) {
        String padded = graph.microsoft("RestorePadding", List.of(x, GraphSpec.TOKEN_OFFSET));
        String lengths = graph.op("Sub", List.of(cumulative(1, Long.MAX_VALUE), starts()));
        outputs.mean(padded, mask(lengths));
    }

    /** fp32 [rows × 1 × longest]: 1 at columns below the row's length. */
    private String mask(String lengths) {
        String longest = graph.op("Squeeze", List.of(graph.op("Shape", List.of(GraphSpec.TOKEN_OFFSET),
                Attribute.of("start", 1), Attribute.of("end", 2))));
        String columns = graph.op("Range", List.of(graph.int64(0), longest, graph.int64(1)));
        String wide = graph.op("Cast", List.of(graph.op("Unsqueeze", List.of(lengths, graph.int64s(1, 2)))),
                Attribute.of("to", OnnxType.INT64.code()));
        return graph.op("Cast", List.of(graph.op("Less", List.of(columns, wide))),
                Attribute.of("to", OnnxType.FLOAT.code()));
    }
}
