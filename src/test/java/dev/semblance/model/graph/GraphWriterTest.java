package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphWriterTest {

    private static final GraphSpec FUSED = new GraphSpec(GraphStyle.FUSED, Precision.FP32, Pooling.MEAN);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"PLAIN, FP32", "FUSED, FP32", "FUSED, FP16", "PACKED, FP16"})
    void sameBytesEachTimeInMemoryAndInFiles(GraphStyle style, Precision precision) throws IOException {
        GraphSpec spec = new GraphSpec(style, precision, Pooling.CLS);
        Path file = folder.resolve("graph.onnx");
        Files.writeString(file, "what was there before");
        byte[] first;
        try (TinyModel model = TinyModel.open("roberta")) {
            first = model.graph(style, precision, Pooling.CLS);
        }
        try (TinyModel again = TinyModel.open("roberta")) {
            assertThat(again.graph(style, precision, Pooling.CLS)).isEqualTo(first);
            GraphWriter.write(again.architecture(), again.weights(), spec, file);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
        assertThat(folder).isDirectoryNotContaining(p -> !p.equals(file));
    }

    @Test
    void largeGraphsKeepTheirWeightsInAFileBeside() throws IOException {
        Path file = folder.resolve("graph.onnx");
        Path data = folder.resolve("graph.onnx.data");
        try (TinyModel model = TinyModel.open("bert")) {
            byte[] whole = GraphWriter.bytes(model.architecture(), model.weights(), FUSED);
            OnnxGraph graph = GraphWriter.graph(model.architecture(), model.weights(), FUSED);
            GraphWriter.write(graph, file, whole.length);
            assertThat(data).doesNotExist();
            GraphWriter.write(graph, file, whole.length - 1);
            assertThat(Files.size(file)).isLessThan(30_000);
            assertThat(externalOffsets(file)).isNotEmpty().allMatch(o -> o % 4096 == 0);
            try (GraphSession apart = new GraphSession(file); GraphSession together = new GraphSession(whole)) {
                assertThat(apart.run(GraphSpec.EMBEDDING, model.rows()))
                        .isDeepEqualTo(together.run(GraphSpec.EMBEDDING, model.rows()));
            }
            GraphWriter.write(graph, file, whole.length);
            assertThat(data).as("no longer used").doesNotExist();
        }
    }

    private static List<Long> externalOffsets(Path file) throws IOException {
        return OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
                .flatMap(i -> i.getExternalDataList().stream()).filter(e -> e.getKey().equals("offset"))
                .map(e -> Long.parseLong(e.getValue())).toList();
    }

    @Test
    void nothingIsLeftOfAGraphThatFails() {
        Path file = folder.resolve("graph.onnx");
        try (TinyModel model = TinyModel.open("bert_tanh")) {
            float[] values = new float[32];
            values[3] = Float.NaN;
            MemoryWeights weights = MemoryWeights.copyOf(model.weights()).with("encoder.layer.1.output.dense.bias",
                    values, 32);
            assertThatThrownBy(() -> GraphWriter.write(model.architecture(), weights, FUSED, file))
                    .isInstanceOf(ModelException.class).hasMessageContaining("encoder.layer.1.output.dense.bias")
                    .hasMessageContaining("NaN");
            assertThat(folder).isEmptyDirectory();
        }
    }

    private static void assertRefused(UnaryOperator<MemoryWeights> change, GraphSpec spec, String... message) {
        try (TinyModel model = TinyModel.open("bert_tanh")) {
            MemoryWeights weights = change.apply(MemoryWeights.copyOf(model.weights()));
            assertThatThrownBy(() -> GraphWriter.bytes(model.architecture(), weights, spec))
                    .isInstanceOf(ModelException.class).hasMessageContainingAll(message);
        }
    }

    @Test
    void missingAndMisshapenTensorsAreNamed() {
        assertRefused(w -> w.without("encoder.layer.1.attention.self.key.weight"), FUSED, "memory",
                "encoder.layer.1.attention.self.key.weight", "missing");
        assertRefused(w -> w.without("embeddings.LayerNorm.bias"), FUSED, "embeddings.LayerNorm.bias", "missing");
        assertRefused(w -> w.without("embeddings.token_type_embeddings.weight"), FUSED, "token_type_embeddings");
        assertRefused(w -> w.with("embeddings.position_embeddings.weight", new float[32 * 39], 39, 32), FUSED,
                "embeddings.position_embeddings.weight", "[39, 32]", "[40, 32]");
        assertRefused(w -> w.with("encoder.layer.0.intermediate.dense.weight", new float[32 * 64], 32, 64), FUSED,
                "encoder.layer.0.intermediate.dense.weight", "[32, 64]", "[64, 32]");
        assertRefused(w -> w.without("embeddings.word_embeddings.weight"), FUSED,
                "embeddings.word_embeddings.weight is missing");
        assertRefused(w -> w.with("other.embeddings.word_embeddings.weight", new float[1], 1, 1), FUSED, "2 encoders",
                "other.embeddings.word_embeddings.weight");
    }

    @Test
    void weightsThatHalfFloatsCannotHoldAreNamed() {
        float[] values = new float[32];
        values[5] = 70_000;
        assertRefused(w -> w.with("encoder.layer.0.output.LayerNorm.weight", values, 32),
                new GraphSpec(GraphStyle.FUSED, Precision.FP16, Pooling.MEAN), "fp16", "layer.0.output_norm.gain",
                "70000", "65504");
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, FP16, MEAN", "PACKED, INT8, CLS", "FUSED, FP32, NONE"})
    void whatIsNotWritten(GraphStyle style, Precision precision, Pooling pooling) {
        assertRefused(w -> w, new GraphSpec(style, precision, pooling), "memory");
    }

    /** A prefix, TensorFlow's names, and tensors of other parts of a model change nothing. */
    @Test
    void namesAndStrangers() {
        try (TinyModel model = TinyModel.open("bert_tanh")) {
            MemoryWeights weights = MemoryWeights.copyOf(model.weights());
            for (String name : model.weights().names()) {
                String old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias",
                        "LayerNorm.beta");
                weights.renamed(name, "a.b." + old);
            }
            weights.with("a.b.pooler.dense.weight", new float[]{Float.NaN}, 1).with("cls.bias", new float[3], 3);
            assertThat(GraphWriter.bytes(model.architecture(), weights, FUSED))
                    .isEqualTo(GraphWriter.bytes(model.architecture(), model.weights(), FUSED));
        }
    }

    /** One weight is in memory at a time. */
    @Test
    void weightsAreReadOneByOneAndOnce() {
        try (TinyModel model = TinyModel.open("bert")) {
            Map<String, Integer> reads = new java.util.HashMap<>();
            CountedWeights counted = new CountedWeights(model.weights(), reads);
            OnnxGraph graph = GraphWriter.graph(model.architecture(), counted, FUSED);
            assertThat(reads).as("read while the graph is built").isEmpty();
            GraphWriter.write(graph, folder.resolve("graph.onnx"), Long.MAX_VALUE);
            assertThat(reads.values()).allMatch(n -> n == 1);
            assertThat(reads).hasSize(5 + 2 * 16).doesNotContainKey("bert.pooler.dense.weight");
        }
    }
}
