package dev.semblance.model.weights;

import dev.semblance.model.ProtobufMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes and initialisers of an ONNX file; the data are views of its bytes.
 *
 * @param initialisers by name
 */
// Field numbers: onnx/onnx.proto of the ONNX specification.
record OnnxGraphReader(List<Node> nodes, Map<String, Initialiser> initialisers) {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_DATA_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW_DATA = 9;
    private static final long FLOAT = 1;

    record Node(String operator, List<String> inputs, List<String> outputs) {}

    /**
     * @param type a code of TensorProto.DataType
     * @param raw  null where the data is given in another way
     */
    record Initialiser(List<Long> dims, long type, ByteBuffer raw) {

        boolean isFloat() {
            return type == FLOAT;
        }
    }

    /** @throws IllegalArgumentException if the bytes are no ONNX model */
    static OnnxGraphReader read(ByteBuffer onnx) {
        ProtobufMessage graph = new ProtobufMessage(onnx).child(MODEL_GRAPH);
        if (graph == null) {
            throw new IllegalArgumentException("it has no graph");
        }
        OnnxGraphReader read = new OnnxGraphReader(new ArrayList<>(), new HashMap<>());
        graph.forEach((field, value) -> {
            if (field == GRAPH_NODE) {
                read.nodes.add(node(value.message()));
            } else if (field == GRAPH_INITIALIZER) {
                read.initialiser(value.message());
            }
        });
        return read;
    }

    private static Node node(ProtobufMessage message) {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] operator = {""};
        message.forEach((field, value) -> {
            switch (field) {
                case NODE_INPUT -> inputs.add(value.text());
                case NODE_OUTPUT -> outputs.add(value.text());
                case NODE_OPERATOR -> operator[0] = value.text();
                default -> {
                    // Names and attributes do not tell where weights go.
                }
            }
        });
        return new Node(operator[0], inputs, outputs);
    }

    private void initialiser(ProtobufMessage tensor) {
        List<Long> dims = new ArrayList<>();
        String[] name = {""};
        long[] type = {0};
        ByteBuffer[] raw = new ByteBuffer[1];
        tensor.forEach((field, value) -> {
            switch (field) {
                case TENSOR_DIMS -> value.integers(dims);
                case TENSOR_DATA_TYPE -> type[0] = value.number();
                case TENSOR_NAME -> name[0] = value.text();
                case TENSOR_RAW_DATA -> raw[0] = value.bytes();
                default -> {
                    // Notes, and data kept in other ways, which is missed when it is asked for.
                }
            }
        });
        if (initialisers.putIfAbsent(name[0], new Initialiser(dims, type[0], raw[0])) != null) {
            throw new IllegalArgumentException("it has two initialisers named " + name[0]);
        }
    }
}
