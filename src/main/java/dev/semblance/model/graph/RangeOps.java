package dev.semblance.model.graph;

import java.util.List;

/**
 * Products in fp32 that tell what they read: for the input of each dense layer its lowest and highest value by channel over
 * all tokens, as outputs of the graph.
 */
final class RangeOps implements LinearOps {

    private final LinearOps products = LinearOps.floating();

    @Override
    public String product(OnnxGraph graph, String x, LinearLayer layer) {
        if (Calibration.tells(layer.name())) {
            report(graph, "ReduceMin", Calibration.lowOutput(layer.name()), x, layer.inputs());
            report(graph, "ReduceMax", Calibration.highOutput(layer.name()), x, layer.inputs());
        }
        return products.product(graph, x, layer);
    }

    private static void report(OnnxGraph graph, String reduction, String output, String x, int channels) {
        graph.named(output, reduction, List.of(x), Attribute.list("axes", 0, 1), Attribute.of("keepdims", 0));
        graph.output(output, OnnxType.FLOAT, Integer.toString(channels));
    }
}
