package dev.semblance.model.graph;

import java.util.ArrayList;
import java.util.List;

/** Layers in the graph's own type. */
final class FloatLayers implements EncoderLayers {

    private final OnnxGraph graph;
    private final FusedLayers parts;

    FloatLayers(OnnxGraph graph, FusedLayers parts) {
        this.graph = graph;
        this.parts = parts;
    }

    @Override
    public String layer(int layer, String x) {
        return parts.afterAttention(layer, attention(parts.queryKeyValue(layer, x, x)), x);
    }

    @Override
    public String lastForFirstToken(int layer, String x) {
        String first = graph.op("Slice", List.of(x, graph.int64s(0), graph.int64s(1), graph.int64s(1)));
        return parts.afterAttention(layer, attention(parts.queryKeyValue(layer, first, x)), first);
    }

    private String attention(List<String> queryKeyValueBias) {
        List<String> in = new ArrayList<>(queryKeyValueBias);
        in.add(GraphSpec.MASK);
        return graph.microsoft("MultiHeadAttention", in, parts.heads());
    }
}
