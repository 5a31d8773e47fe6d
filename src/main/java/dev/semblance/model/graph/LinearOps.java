package dev.semblance.model.graph;

import java.util.List;

/**
 * How the products of dense layers are computed: the seam between number formats. Everything else of a graph is the same
 * whatever stands behind it.
 */
@FunctionalInterface
interface LinearOps {

    /**
     * Emits x Wᵀ. Query, key and value of one layer are three calls with the same x: one matrix product each is faster than
     * one for all and cutting it up. The bias is not added: the operators that follow (attention, SkipLayerNormalization)
     * take it.
     *
     * @param x [… × inputs] in the graph's weight type
     * @return the name of [… × outputs] in the graph's weight type
     */
    String product(OnnxGraph graph, String x, LinearLayer layer);

    /**
     * Emits gelu(x Wᵀ + b), by the error function.
     *
     * @param bias name of b in the graph
     * @param x    as of {@link #product}
     */
    default String gelu(OnnxGraph graph, String x, LinearLayer layer, String bias) {
        return graph.microsoft("BiasGelu", List.of(product(graph, x, layer), bias));
    }

    /** In the graph's own type, fp32 or fp16. */
    static LinearOps floating() {
        return LinearOps::matMul;
    }

    /**
     * For the CPU in fp32: there BiasGelu takes three times what Gelu does, and Gemm adds the bias for next to nothing,
     * which is 5 % of a whole run.
     */
    static LinearOps gemmBeforeGelu() {
        return new LinearOps() {
            @Override
            public String product(OnnxGraph graph, String x, LinearLayer layer) {
                return matMul(graph, x, layer);
            }

            @Override
            public String gelu(OnnxGraph graph, String x, LinearLayer layer, String bias) {
                String rows = graph.op("Reshape", List.of(x, graph.int64s(-1, layer.inputs())));
                String active = graph.microsoft("Gelu",
                        List.of(graph.op("Gemm", List.of(rows, weight(graph, layer), bias))));
                String leading = graph.op("Shape", List.of(x), Attribute.of("start", 0), Attribute.of("end", 2));
                String shape = graph.op("Concat", List.of(leading, graph.int64s(layer.outputs())),
                        Attribute.of("axis", 0));
                return graph.op("Reshape", List.of(active, shape));
            }
        };
    }

    private static String matMul(OnnxGraph graph, String x, LinearLayer layer) {
        return graph.op("MatMul", List.of(x, weight(graph, layer)));
    }

    private static String weight(OnnxGraph graph, LinearLayer layer) {
        return graph.weight(layer.name() + ".weight", layer::transposed, layer.inputs(), layer.outputs());
    }
}
