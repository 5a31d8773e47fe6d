package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.Pooling;
import dev.semblance.model.graph.Architecture;
import dev.semblance.model.graph.ArchitectureReader;
import dev.semblance.model.graph.GraphVariant;
import dev.semblance.model.graph.GraphWriter;
import dev.semblance.model.imports.GraphRunner.Batch;
import dev.semblance.model.weights.WeightFiles;
import dev.semblance.model.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxGraphRunnerTest {

    private static final Path TINY = Path.of("src", "test", "resources", "tiny", "bert");

    @TempDir
    private Path folder;

    private Path write(GraphVariant variant, Pooling pooling) throws IOException {
        Path file = folder.resolve(variant.id() + ".onnx");
        Architecture architecture = ArchitectureReader.read(Files.readAllBytes(TINY.resolve("config.json")), "config");
        try (Weights weights = WeightFiles.open(TINY)) {
            GraphWriter.write(architecture, weights, variant.spec(pooling), file);
        }
        return file;
    }

    @Test
    void rowsOfABatchComeInItsOrderAndPaddingDoesNotShow() throws IOException {
        Path graph = write(GraphVariant.CPU_FP32, Pooling.MEAN);
        int[] one = {2, 7, 9, 3};
        int[] other = {2, 11, 3};
        List<float[][]> vectors = new OnnxGraphRunner().run(graph, 0, List.of(new Batch(List.of(one), 4),
                new Batch(List.of(other), 3), new Batch(List.of(other, one, other), 8)));
        assertThat(vectors).extracting(rows -> rows.length).containsExactly(1, 1, 3);
        assertThat(vectors.get(2)[1]).usingComparatorWithPrecision(1e-6f).containsExactly(vectors.get(0)[0]);
        assertThat(vectors.get(2)[0]).usingComparatorWithPrecision(1e-6f).containsExactly(vectors.get(1)[0]);
        assertThat(vectors.get(2)[2]).containsExactly(vectors.get(2)[0]);
        assertThatThrownBy(() -> new OnnxGraphRunner().run(graph, 100_000, List.of(new Batch(List.of(one), 8))))
                .as("padding that is not in the table").isInstanceOf(EngineStartException.class)
                .hasMessageContaining("cpu-fp32.onnx");
    }

    /** ONNX Runtime has no code for it on a CPU, but knows what its operators take. */
    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = {"MEAN", "CLS"})
    void thePackedGraphIsValidAndADamagedOneIsNot(Pooling pooling) throws IOException {
        Path graph = write(GraphVariant.CUDA_FP16_PACKED, pooling);
        OnnxGraphRunner runner = new OnnxGraphRunner();
        runner.requireValid(graph);
        assertThatThrownBy(() -> runner.run(graph, 0, List.of(new Batch(List.of(new int[]{2, 3}), 2))))
                .isInstanceOf(EngineStartException.class).hasMessageContaining("PackedMultiHeadAttention");

        OnnxMl.ModelProto right = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(graph));
        refused(right, node -> node.setOpType("PackedMultiHeadAttentoin"));
        refused(right, node -> node.setInput(0, "nowhere"));
        refused(right, node -> node.setInput(4, node.getInput(0)));
    }

    private void refused(OnnxMl.ModelProto right, Consumer<OnnxMl.NodeProto.Builder> change) throws IOException {
        OnnxMl.ModelProto.Builder model = right.toBuilder();
        for (int i = 0; i < model.getGraph().getNodeCount(); i++) {
            if (model.getGraph().getNode(i).getOpType().equals("PackedMultiHeadAttention")) {
                change.accept(model.getGraphBuilder().getNodeBuilder(i));
            }
        }
        Path damaged = Files.write(folder.resolve("damaged.onnx"), model.build().toByteArray());
        assertThatThrownBy(() -> new OnnxGraphRunner().requireValid(damaged)).isInstanceOf(EngineStartException.class)
                .hasMessageContaining("damaged.onnx");
    }
}
