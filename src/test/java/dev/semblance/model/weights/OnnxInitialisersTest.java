package dev.semblance.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.semblance.model.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OnnxInitialisersTest {

    private static OnnxMl.TensorProto tensor(String name, List<Long> dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return OnnxMl.TensorProto.newBuilder().setName(name).addAllDims(dims)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE).setRawData(ByteString.copyFrom(raw)).build();
    }

    private static OnnxMl.NodeProto node(String operator, String output, String... inputs) {
        return OnnxMl.NodeProto.newBuilder().setOpType(operator).addAllInput(Arrays.asList(inputs)).addOutput(output)
                .build();
    }

    /** x [n × 3] · W [3 × 2] + b, as PyTorch exports a dense layer. */
    private static OnnxMl.GraphProto.Builder dense() {
        return OnnxMl.GraphProto.newBuilder()
                .addInitializer(tensor("onnx::MatMul_7", List.of(3L, 2L), 1, 2, 3, 4, 5, 6))
                .addInitializer(tensor("layer.dense.bias", List.of(2L), 7, 8))
                .addInitializer(tensor("table", List.of(2L, 2L), 1, 2, 3, 4))
                .addNode(node("MatMul", "product", "x", "onnx::MatMul_7"))
                .addNode(node("Add", "sum", "layer.dense.bias", "product"));
    }

    private static OnnxInitialisers open(OnnxMl.GraphProto.Builder graph) {
        return OnnxInitialisers.open(
                ByteBuffer.wrap(OnnxMl.ModelProto.newBuilder().setGraph(graph).build().toByteArray()), "m.onnx");
    }

    @Test
    void matricesGetTheNameAndShapeTheyHadInPyTorch() {
        try (OnnxInitialisers weights = open(dense())) {
            assertThat(weights.names()).containsExactly("layer.dense.bias", "layer.dense.weight", "table");
            Tensor matrix = weights.tensor("layer.dense.weight").require(2, 3);
            assertThat(matrix.floats()).containsExactly(1, 3, 5, 2, 4, 6);
            assertThat(weights.tensor("layer.dense.bias").require(2).floats()).containsExactly(7, 8);
            assertThat(weights.tensor("table").require(2, 2).floats()).containsExactly(1, 2, 3, 4);
            assertThat(weights.source()).isEqualTo("m.onnx");
            assertThatThrownBy(() -> weights.tensor("other")).isInstanceOf(ModelException.class)
                    .hasMessageContaining("m.onnx").hasMessageContaining("other");
        }
    }

    @Test
    void whatIsNotFloatIsLeftOut() {
        OnnxMl.TensorProto ids = OnnxMl.TensorProto.newBuilder().setName("position_ids").addDims(1)
                .setDataType(OnnxMl.TensorProto.DataType.INT64_VALUE).addInt64Data(0).build();
        assertThat(open(dense().addInitializer(ids)).names()).doesNotContain("position_ids");
    }

    private static void assertRefused(OnnxMl.GraphProto.Builder graph, String message) {
        assertThatThrownBy(() -> open(graph)).isInstanceOf(ModelException.class).hasMessageStartingWith("m.onnx: ")
                .hasMessageContaining(message);
    }

    @Test
    void refusals() {
        assertRefused(dense().addInitializer(tensor("short", List.of(3L), 1, 2)), "short");
        assertRefused(dense().addInitializer(tensor("wraps", List.of(1L << 32, 1L << 32), 1, 2)), "wraps");
        assertRefused(dense().addInitializer(tensor("wraps", List.of(1L << 30, 1L << 30, 1L << 30))), "wraps");
        assertRefused(dense().addInitializer(tensor("negative", List.of(-1L, -2L), 1, 2)), "negative");
        assertRefused(dense().addInitializer(tensor("table", List.of(1L), 1)), "two initialisers named table");
        assertRefused(dense().addInitializer(tensor("layer.dense.weight", List.of(1L), 1)), "layer.dense.weight");
        assertRefused(dense().addInitializer(OnnxMl.TensorProto.newBuilder().setName("elsewhere").addDims(2)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)), "elsewhere");
        assertThatThrownBy(() -> OnnxInitialisers.open(ByteBuffer.allocate(0), "m.onnx"))
                .isInstanceOf(ModelException.class).hasMessageContaining("m.onnx: is no ONNX model");
    }

    /** Whatever the bytes, the answer is weights or a refusal. */
    @Test
    void brokenBytes() {
        long seed = 3;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] whole = OnnxMl.ModelProto.newBuilder().setGraph(dense()).build().toByteArray();
        for (int i = 0; i < 5_000; i++) {
            byte[] broken = Arrays.copyOf(whole, i < whole.length ? i : whole.length);
            if (i >= whole.length) {
                for (int n = random.nextInt(1, 4); n > 0; n--) {
                    broken[random.nextInt(broken.length)] = (byte) random.nextInt();
                }
            }
            try (OnnxInitialisers weights = OnnxInitialisers.open(ByteBuffer.wrap(broken), "m.onnx")) {
                weights.names().forEach(n -> weights.tensor(n).floats());
            } catch (ModelException e) {
                assertThat(e).as("seed %d, round %d", seed, i).hasMessageStartingWith("m.onnx: ");
            }
        }
    }
}
