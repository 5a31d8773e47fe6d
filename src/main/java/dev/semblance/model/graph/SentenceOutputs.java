package dev.semblance.model.graph;

import java.util.List;

/**
 * From token vectors to the graph's outputs, in fp32 whatever the weights are. Sums over tokens and over a vector are
 * matrix products: those add in an order that does not depend on how many rows a batch has, which the reductions do not
 * promise, and on CUDA they need no cuDNN, which the reductions do.
 */
final class SentenceOutputs {

    /** Keeps the zero vector, which no trained model gives, from becoming NaN. */
    private static final float SMALLEST_NORM = 1e-12f;

    private static final Attribute TO_FLOAT = Attribute.of("to", OnnxType.FLOAT.code());

    private final OnnxGraph graph;
    private final int hidden;

    SentenceOutputs(OnnxGraph graph, int hidden) {
        this.graph = graph;
        this.hidden = hidden;
    }

    /**
     * The mean over tokens of weight 1.
     *
     * @param tokens [rows × tokens × hidden] in the graph's weight type
     * @param mask   fp32 [rows × 1 × tokens], 1 for a token and 0 for padding
     */
    void mean(String tokens, String mask) {
        String sum = graph.op("Squeeze", List.of(graph.op("MatMul", List.of(mask, float32(tokens))),
                graph.int64s(1)));
        // 1 × 1 for each token: their count.
        String count = graph.op("Squeeze",
                List.of(graph.op("MatMul", List.of(mask, transposed(mask))), graph.int64s(2)));
        pooled(graph.named(GraphSpec.POOLED, "Div", List.of(sum, count)));
    }

    /** @param rows [rows × hidden] in the graph's weight type */
    void first(String rows) {
        pooled(graph.named(GraphSpec.POOLED, graph.weightType() == OnnxType.FLOAT ? "Identity" : "Cast", List.of(rows),
                graph.weightType() == OnnxType.FLOAT ? new Attribute[0] : new Attribute[]{TO_FLOAT}));
    }

    private void pooled(String vectors) {
        String row = graph.op("Unsqueeze", List.of(vectors, graph.int64s(1)));
        String squares = graph.op("MatMul", List.of(row, transposed(row)));
        String norm = graph.op("Sqrt", List.of(graph.op("Squeeze", List.of(squares, graph.int64s(2)))));
        graph.named(GraphSpec.EMBEDDING, "Div", List.of(vectors,
                graph.op("Max", List.of(norm, graph.float32(SMALLEST_NORM)))));
        graph.output(GraphSpec.EMBEDDING, OnnxType.FLOAT, "rows", Integer.toString(hidden));
        graph.output(GraphSpec.POOLED, OnnxType.FLOAT, "rows", Integer.toString(hidden));
    }

    /** Its last two axes swapped. */
    private String transposed(String matrices) {
        return graph.op("Transpose", List.of(matrices), Attribute.list("perm", 0, 2, 1));
    }

    /** Itself where it is fp32 already. */
    String float32(String values) {
        return graph.weightType() == OnnxType.FLOAT ? values : graph.op("Cast", List.of(values), TO_FLOAT);
    }
}
