package dev.semblance.model.graph;

import dev.semblance.model.Pooling;
import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.EncoderWeights.Norm;
import java.util.List;

/** Standard operators in the order of the papers, nothing left out and nothing fused. */
// Devlin et al., BERT, 2018, https://arxiv.org/abs/1810.04805; Hendrycks and Gimpel, GELU, 2016,
// https://arxiv.org/abs/1606.08415.
final class PlainEncoder {

    /** Added to the logits of padding: its share after softmax is 0. */
    private static final float MASKED = -1e9f;

    private static final Attribute LAST_AXIS = Attribute.of("axis", -1);

    private final OnnxGraph graph;
    private final Architecture shape;
    private final EncoderWeights weights;

    PlainEncoder(OnnxGraph graph, Architecture shape, EncoderWeights weights) {
        this.graph = graph;
        this.shape = shape;
        this.weights = weights;
    }

    void emit(Pooling pooling) {
        graph.input(GraphSpec.IDS, OnnxType.INT32, "rows", "tokens");
        graph.input(GraphSpec.MASK, OnnxType.INT32, "rows", "tokens");
        String mask = graph.op("Cast", List.of(GraphSpec.MASK), Attribute.of("to", OnnxType.FLOAT.code()));
        String hiding = graph.op("Unsqueeze",
                List.of(graph.op("Mul",
                        List.of(graph.op("Sub", List.of(graph.scalar(1), mask)), graph.scalar(MASKED))),
                        graph.int64s(1, 2)));
        String x = embeddings();
        for (int layer = 0; layer < shape.layers(); layer++) {
            String attended = dense(attention(layer, x, hiding), weights.attentionOutput(layer));
            x = norm(graph.op("Add", List.of(attended, x)), weights.attentionNorm(layer));
            String inner = activation(dense(x, weights.intermediate(layer)));
            x = norm(graph.op("Add", List.of(dense(inner, weights.output(layer)), x)), weights.outputNorm(layer));
        }
        SentenceOutputs outputs = new SentenceOutputs(graph, shape.hidden());
        if (pooling == Pooling.CLS) {
            String first = graph.op("Slice", List.of(x, graph.int64s(0), graph.int64s(1), graph.int64s(1)));
            outputs.first(graph.op("Squeeze", List.of(first, graph.int64s(1))));
        } else {
            outputs.mean(x, graph.op("Unsqueeze", List.of(mask, graph.int64s(1))));
        }
    }

    private String embeddings() {
        String words = graph.weight("embeddings.word_embeddings", weights.words(), shape.vocabulary(), shape.hidden());
        String positions = graph.weight("embeddings.position_embeddings", weights.positions(), shape.positions(),
                shape.hidden());
        String length = graph.op("Shape", List.of(GraphSpec.IDS), Attribute.of("start", 1), Attribute.of("end", 2));
        String used = graph.op("Slice", List.of(positions, graph.int64s(0), length, graph.int64s(0)));
        String sum = graph.op("Add", List.of(graph.op("Gather", List.of(words, GraphSpec.IDS)), used));
        return norm(sum, weights.embeddingNorm());
    }

    private String attention(int layer, String x, String hiding) {
        int headWidth = shape.hidden() / shape.heads();
        String query = heads(dense(x, weights.query(layer)), 0, 2, 1, 3);
        String key = heads(dense(x, weights.key(layer)), 0, 2, 3, 1);
        String value = heads(dense(x, weights.value(layer)), 0, 2, 1, 3);
        String logits = graph.op("Div", List.of(graph.op("MatMul", List.of(query, key)),
                graph.scalar((float) Math.sqrt(headWidth))));
        String shares = graph.op("Softmax", List.of(graph.op("Add", List.of(logits, hiding))), LAST_AXIS);
        String context = graph.op("Transpose", List.of(graph.op("MatMul", List.of(shares, value))),
                Attribute.list("perm", 0, 2, 1, 3));
        return graph.op("Reshape", List.of(context, graph.int64s(0, 0, shape.hidden())));
    }

    /** [rows × tokens × hidden] → [rows × tokens × heads × width], its axes in another order. */
    private String heads(String x, long... order) {
        String split = graph.op("Reshape",
                List.of(x, graph.int64s(0, 0, shape.heads(), shape.hidden() / shape.heads())));
        return graph.op("Transpose", List.of(split), Attribute.list("perm", order));
    }

    private String dense(String x, LinearLayer layer) {
        String bias = graph.weight(layer.name() + ".bias", layer::bias, layer.outputs());
        return graph.op("Add", List.of(LinearOps.floating().product(graph, x, layer), bias));
    }

    private String norm(String x, Norm norm) {
        return graph.op("LayerNormalization",
                List.of(x, graph.weight(norm.name() + ".gain", norm.gain()::floats, shape.hidden()),
                        graph.weight(norm.name() + ".shift", norm.shift()::floats, shape.hidden())),
                LAST_AXIS, Attribute.of("epsilon", shape.layerNormEpsilon()));
    }

    private String activation(String x) {
        String share = shape.activation() == Activation.GELU ? errorFunction(x) : tanh(x);
        String onePlus = graph.op("Add", List.of(graph.scalar(1), share));
        return graph.op("Mul", List.of(graph.op("Mul", List.of(x, graph.scalar(0.5f))), onePlus));
    }

    private String errorFunction(String x) {
        return graph.op("Erf", List.of(graph.op("Div", List.of(x, graph.scalar((float) Math.sqrt(2))))));
    }

    /** tanh(√(2/π) (x + 0.044715 x³)). */
    private String tanh(String x) {
        String square = graph.op("Mul", List.of(x, x));
        String cube = graph.op("Mul", List.of(graph.op("Mul", List.of(square, x)), graph.scalar(0.044715f)));
        String inside = graph.op("Mul", List.of(graph.op("Add", List.of(x, cube)),
                graph.scalar((float) Math.sqrt(2 / Math.PI))));
        return graph.op("Tanh", List.of(inside));
    }
}
