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
