package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.weights.OnnxInitialisers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs in int8: close to fp32, and a text's vector is the same bytes whatever else is in its batch. */
class Int8GraphTest {

    private static final long SEED = 31;
    private static final int[] LENGTHS = {1, 2, 3, 7, 8, 13, 16, 17, 31, 33, 64, 100};

    /** Weights of the tiny models are random and large, so that rounding shows more than in trained ones. */
    private static final double TINY_COSINE = 0.99;

    @TempDir
    private Path scratch;

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = {"MEAN", "CLS"})
    void sameBytesInEveryBatch(Pooling pooling) {
        SplittableRandom random = new SplittableRandom(SEED);
        try (OnnxInitialisers weights = EmbeddedModel.weights(EmbeddedModel.onnx());
                GraphSession graph = new GraphSession(embedded(weights, pooling))) {
            for (int length : LENGTHS) {
                List<int[]> batch = new ArrayList<>();
                for (int r = 0; r < Math.min(17, 320 / length); r++) {
                    batch.add(random.ints(length, 0, EmbeddedModel.VOCABULARY).toArray());
                }
                float[][] together = graph.run(GraphSpec.EMBEDDING, batch);
                float[][] reversed = graph.run(GraphSpec.EMBEDDING, batch.reversed());
                for (int r = 0; r < batch.size(); r++) {
                    float[] alone = graph.run(GraphSpec.EMBEDDING, List.of(batch.get(r)))[0];
                    assertThat(Arrays.equals(together[r], alone)).as("%d tokens, row %d, seed %d", length, r, SEED)
                            .isTrue();
                    assertThat(Arrays.equals(reversed[batch.size() - 1 - r], alone))
                            .as("%d tokens, row %d from behind, seed %d", length, r, SEED).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = {"MEAN", "CLS"})
    void closeToFullPrecision(Pooling pooling) {
        List<int[]> rows = EmbeddedModel.sentences(120, SEED);
        try (OnnxInitialisers weights = EmbeddedModel.weights(EmbeddedModel.onnx());
                GraphSession full = new GraphSession(GraphWriter.bytes(EmbeddedModel.architecture(weights), weights,
                        new GraphSpec(GraphStyle.FUSED, Precision.FP32, pooling)));
                GraphSession int8 = new GraphSession(embedded(weights, pooling))) {
            double sum = 0;
            double lowest = 1;
            for (int[] row : rows) {
                double cosine = Vectors.cosine(Vectors.doubles(int8.run(GraphSpec.EMBEDDING, List.of(row))[0]),
                        Vectors.doubles(full.run(GraphSpec.EMBEDDING, List.of(row))[0]));
                sum += cosine / rows.size();
                lowest = Math.min(lowest, cosine);
            }
            assertThat(sum).as("mean, seed %d", SEED).isGreaterThan(0.998);
            assertThat(lowest).as("lowest, seed %d", SEED).isGreaterThan(0.99);
        }
    }

    /** Without a zero point of their own, weights stay signed bytes, whose products saturate on processors without VNNI. */
    @Test
    void weightsStateAZeroPointEachAndGiveTheSameBitsAsUnsignedBytes() throws Exception {
        try (OnnxInitialisers weights = EmbeddedModel.weights(EmbeddedModel.onnx())) {
            byte[] bytes = embedded(weights, Pooling.MEAN);
            OnnxMl.GraphProto graph = OnnxMl.ModelProto.parseFrom(bytes).getGraph();
            Set<String> zeros = new HashSet<>();
            for (OnnxMl.NodeProto node : graph.getNodeList()) {
                if (node.getOpType().equals("MatMulIntegerToFloat")) {
                    zeros.add(node.getInput(5));
                    assertThat(graph.getInitializerList()).filteredOn(i -> i.getName().equals(node.getInput(5)))
                            .singleElement().satisfies(i -> {
                                assertThat(i.getDataType()).isEqualTo(OnnxMl.TensorProto.DataType.INT8_VALUE);
                                assertThat(i.getRawData().toByteArray()).containsExactly(0);
                            });
                }
            }
            assertThat(zeros).as("ONNX Runtime replaces each once").hasSize(6 * 6);
            List<int[]> rows = EmbeddedModel.sentences(20, SEED);
            try (GraphSession signed = new GraphSession(bytes);
                    GraphSession unsigned = new GraphSession(bytes, Map.of("session.x64quantprecision", "1"))) {
                Assumptions.assumeTrue(Files.readString(Path.of("/proc/cpuinfo")).contains("_vnni"),
                        "signed bytes saturate here");
                for (int[] row : rows) {
                    assertThat(unsigned.run(GraphSpec.EMBEDDING, List.of(row))[0])
                            .isEqualTo(signed.run(GraphSpec.EMBEDDING, List.of(row))[0]);
                }
            }
        }
    }

    @Test
    void sameBytesEveryTime() {
        try (OnnxInitialisers weights = EmbeddedModel.weights(EmbeddedModel.onnx())) {
            assertThat(Arrays.equals(embedded(weights, Pooling.MEAN), embedded(weights, Pooling.MEAN))).isTrue();
        }
    }

    private static byte[] embedded(OnnxInitialisers weights, Pooling pooling) {
        return GraphWriter.bytes(EmbeddedModel.architecture(weights), weights, int8(pooling), EmbeddedInt8.shipped());
    }

    private static GraphSpec int8(Pooling pooling) {
        return new GraphSpec(GraphStyle.FUSED, Precision.INT8, pooling);
    }

    @ParameterizedTest
    @MethodSource("dev.semblance.model.graph.FamilyGraphTest#models")
    void everyFamily(String name, Pooling pooling) {
        try (TinyModel model = TinyModel.open(name)) {
            Path ranges = scratch.resolve("ranges.onnx");
            GraphWriter.writeRanges(model.architecture(), model.weights(), pooling, ranges);
            Calibration calibration = Calibration.of(new OnnxRanges().ranges(ranges, model.rows()));
            assertThat(calibration.channels()).hasSize(4 * model.architecture().layers());
            byte[] bytes = GraphWriter.bytes(model.architecture(), model.weights(), int8(pooling), calibration);
            try (GraphSession int8 = new GraphSession(bytes)) {
                for (int r = 0; r < model.rows().size(); r++) {
                    List<int[]> row = List.of(model.rows().get(r));
                    float[] alone = int8.run(GraphSpec.EMBEDDING, row)[0];
                    assertThat(Vectors.cosine(Vectors.doubles(alone), model.embedding(pooling, r))).as("row %d", r)
                            .isGreaterThan(TINY_COSINE);
                    for (float[] copy : int8.run(GraphSpec.EMBEDDING,
                            List.of(row.getFirst(), row.getFirst(), row.getFirst(), row.getFirst(), row.getFirst()))) {
                        assertThat(copy).as("row %d", r).containsExactly(alone);
                    }
                }
            }
        }
    }

    @Test
    void calibrationOfAnotherModelIsRefused() {
        try (TinyModel model = TinyModel.open("bert")) {
            assertThatThrownBy(() -> GraphWriter.bytes(model.architecture(), model.weights(), int8(Pooling.MEAN),
                    EmbeddedInt8.shipped())).isInstanceOf(ModelException.class)
                    .hasMessageContaining("channels").hasMessageContaining("another model");
            assertThatThrownBy(() -> GraphWriter.bytes(model.architecture(), model.weights(),
                    new GraphSpec(GraphStyle.PACKED, Precision.INT8, Pooling.MEAN), EmbeddedInt8.shipped()))
                    .isInstanceOf(ModelException.class).hasMessageContaining("fused");
        }
    }
}
