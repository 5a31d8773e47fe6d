package dev.semblance.model.bundle;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model folder of a few hundred bytes: each token's vector is its row in a table of 20 × 4, seen through a Gather. */
public final class TinyModel {

    public static final int ROWS = 20;
    public static final int DIMENSION = 4;

    private TinyModel() {}

    /** Writes all three files. */
    public static void write(Path folder, String manifest) throws IOException {
        Files.write(folder.resolve("model.onnx"), onnx().toByteArray());
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
        Files.writeString(folder.resolve("manifest.json"), manifest);
    }

    public static String manifest() {
        return """
                {"id": "test/tiny", "dimension": 4, "pooling": "mean", "normalised": true, "max_tokens": 16,
                 "precision": "fp32", "deterministic": true, "inputs": {"ids": "tokens"}, "output": "states"}
                """;
    }

    static String tokenizer() {
        return """
                {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
                 "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "c": 19}}}
                """;
    }

    static OnnxMl.ModelProto onnx() {
        ByteBuffer table = ByteBuffer.allocate(ROWS * DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ROWS * DIMENSION; i++) {
            table.putFloat((float) Math.sin(i + 1));
        }
        OnnxMl.TensorProto words = OnnxMl.TensorProto.newBuilder().setName("word_embeddings.weight").addDims(ROWS)
                .addDims(DIMENSION).setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(table.array())).build();
        OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder().setName("tiny").addInitializer(words)
                .addInput(value("tokens", OnnxMl.TensorProto.DataType.INT64_VALUE, "rows", "tokens"))
                .addOutput(value("states", OnnxMl.TensorProto.DataType.FLOAT_VALUE, "rows", "tokens", "4"))
                .addNode(OnnxMl.NodeProto.newBuilder().setOpType("Gather").addInput("word_embeddings.weight")
                        .addInput("tokens").addOutput("states"));
        return OnnxMl.ModelProto.newBuilder().setIrVersion(8).setGraph(graph)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17)).build();
    }

    /** As RoBERTa is exported: adds a table of positions, the first token's at row pad + 1, counted in the graph. */
    public static OnnxMl.ModelProto countingFromPadding(int positionRows, int pad) {
        OnnxMl.ModelProto.Builder model = onnx().toBuilder();
        OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
        OnnxMl.TensorProto.Builder table = OnnxMl.TensorProto.newBuilder()
                .setName("embeddings.position_embeddings.weight").addDims(positionRows).addDims(DIMENSION)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE);
        for (int i = 0; i < positionRows * DIMENSION; i++) {
            table.addFloatData((float) Math.cos(i));
        }
        graph.addInitializer(table).addInitializer(integer("pad", pad)).addInitializer(integer("axis", 1));
        graph.getNodeBuilder(0).setOutput(0, "words");
        node(graph, "Equal", "is_padding", "tokens", "pad");
        node(graph, "Not", "is_text", "is_padding");
        node(graph, "Cast", "ones", "is_text");
        graph.getNodeBuilder(graph.getNodeCount() - 1).addAttribute(OnnxMl.AttributeProto.newBuilder().setName("to")
                .setType(OnnxMl.AttributeProto.AttributeType.INT).setI(OnnxMl.TensorProto.DataType.INT64_VALUE));
        node(graph, "CumSum", "count", "ones", "axis");
        node(graph, "Mul", "of_text", "count", "ones");
        node(graph, "Add", "positions", "of_text", "pad");
        node(graph, "Gather", "placed", "embeddings.position_embeddings.weight", "positions");
        node(graph, "Add", "states", "words", "placed");
        return model.build();
    }

    private static OnnxMl.TensorProto integer(String name, long value) {
        return OnnxMl.TensorProto.newBuilder().setName(name).setDataType(OnnxMl.TensorProto.DataType.INT64_VALUE)
                .addInt64Data(value).build();
    }

    private static void node(OnnxMl.GraphProto.Builder graph, String operator, String output, String... inputs) {
        graph.addNode(OnnxMl.NodeProto.newBuilder().setOpType(operator).addAllInput(java.util.List.of(inputs))
                .addOutput(output));
    }

    private static OnnxMl.ValueInfoProto value(String name, int type, String... dims) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
        for (String dim : dims) {
            OnnxMl.TensorShapeProto.Dimension.Builder d = shape.addDimBuilder();
            if (Character.isDigit(dim.charAt(0))) {
                d.setDimValue(Long.parseLong(dim));
            } else {
                d.setDimParam(dim);
            }
        }
        return OnnxMl.ValueInfoProto.newBuilder().setName(name).setType(OnnxMl.TypeProto.newBuilder()
                .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape))).build();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
