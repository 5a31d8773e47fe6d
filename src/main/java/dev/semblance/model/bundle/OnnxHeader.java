package dev.semblance.model.bundle;

import dev.semblance.model.ProtobufMessage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be known of an ONNX file without running it: names and shapes of inputs, outputs and weights. Weights
 * themselves are skipped, so 90 MB take a few milliseconds.
 *
 * @param inputs        names of the graph's inputs, weights left out
 * @param outputs       name → shape, −1 where a length is free, null where the rank is unknown
 * @param weights       name → shape
 * @param operators     types of the graph's nodes, whatever their domain
 * @param externalFiles names of files that hold weights, relative to the model's folder, sorted
 */
// Field numbers: onnx/onnx.proto of the ONNX specification.
record OnnxHeader(Set<String> inputs, Map<String, long[]> outputs, Map<String, long[]> weights,
        Set<String> operators, Set<String> externalFiles) {

    private static final int MAX_DIMENSIONS = 8;
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_OPERATOR = 4;
    private static final int VALUE_NAME = 1;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_EXTERNAL_DATA = 13;

    /** @throws IllegalArgumentException if the bytes are no ONNX model */
    static OnnxHeader parse(ByteBuffer bytes) {
        Builder builder = new Builder();
        boolean[] found = new boolean[1];
        new ProtobufMessage(bytes).forEach((field, value) -> {
            if (field == MODEL_GRAPH) {
                found[0] = true;
                builder.graph(value.message());
            }
        });
        if (!found[0]) {
            throw new IllegalArgumentException("it has no graph");
        }
        builder.inputs.removeAll(builder.weights.keySet());
        return new OnnxHeader(builder.inputs, builder.outputs, builder.weights, builder.operators,
                builder.externalFiles);
    }

    /** Rows of the first weight whose name holds the fragment, or −1. */
    int rowsOf(String nameFragment) {
        return weights.entrySet().stream().filter(w -> w.getKey().contains(nameFragment) && w.getValue().length == 2)
                .mapToInt(w -> (int) w.getValue()[0]).findFirst().orElse(-1);
    }

    private static final class Builder {

        private final Set<String> inputs = new HashSet<>();
        private final Map<String, long[]> outputs = new HashMap<>();
        private final Map<String, long[]> weights = new java.util.TreeMap<>();
        private final Set<String> operators = new TreeSet<>();
        private final Set<String> externalFiles = new TreeSet<>();

        void graph(ProtobufMessage graph) {
            graph.forEach((field, value) -> {
                switch (field) {
                    case GRAPH_NODE -> operators.add(text(value.message(), NODE_OPERATOR));
                    case GRAPH_INITIALIZER -> tensor(value.message());
                    case GRAPH_INPUT -> inputs.add(text(value.message(), VALUE_NAME));
                    case GRAPH_OUTPUT -> outputs.put(text(value.message(), VALUE_NAME), shape(value.message()));
                    default -> {
                        // Notes say nothing that is checked here.
                    }
                }
            });
        }

        private void tensor(ProtobufMessage tensor) {
            List<Long> dims = new ArrayList<>();
            String[] name = {""};
            tensor.forEach((field, value) -> {
                switch (field) {
                    case TENSOR_DIMS -> {
                        requireFew(value.sizeBytes(), dims);
                        value.integers(dims);
                    }
                    case TENSOR_NAME -> name[0] = value.text();
                    case TENSOR_EXTERNAL_DATA -> external(value.message());
                    default -> {
                        // The weights themselves.
                    }
                }
            });
            weights.put(name[0], dims.stream().mapToLong(Long::longValue).toArray());
        }

        /** A varint has at most 10 bytes. */
        private static void requireFew(int packedBytes, List<Long> dims) {
            if (packedBytes > 10 * MAX_DIMENSIONS || dims.size() >= MAX_DIMENSIONS) {
                throw new IllegalArgumentException("it has a tensor of more than " + MAX_DIMENSIONS + " dimensions");
            }
        }

        private void external(ProtobufMessage entry) {
            String[] pair = {"", ""};
            entry.forEach((field, value) -> {
                if (field == 1 || field == 2) {
                    pair[field - 1] = value.text();
                }
            });
            if (pair[0].equals("location")) {
                externalFiles.add(pair[1]);
            }
        }

        private static String text(ProtobufMessage message, int wanted) {
            String[] text = {""};
            message.forEach((field, value) -> {
                if (field == wanted) {
                    text[0] = value.text();
                }
            });
            return text[0];
        }

        /** ValueInfo.type(2).tensor_type(1).shape(2).dim(1).dim_value(1). */
        private static long[] shape(ProtobufMessage valueInfo) {
            ProtobufMessage shape = valueInfo.child(2);
            for (int field : new int[]{1, 2}) {
                shape = shape == null ? null : shape.child(field);
            }
            if (shape == null) {
                return null;
            }
            List<Long> dims = new ArrayList<>();
            shape.forEach((field, value) -> {
                List<Long> length = new ArrayList<>();
                value.message().forEach((f, v) -> {
                    if (f == 1 && length.isEmpty()) {
                        requireFew(v.sizeBytes(), length);
                        v.integers(length);
                    }
                });
                requireFew(0, dims);
                dims.add(length.isEmpty() ? -1L : length.getFirst());
            });
            return dims.stream().mapToLong(Long::longValue).toArray();
        }
    }
}
