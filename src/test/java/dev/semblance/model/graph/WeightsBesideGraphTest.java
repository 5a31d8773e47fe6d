package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.model.FileHash;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.model.bundle.ModelVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An imported model so large that its weights lie beside the graph. */
class WeightsBesideGraphTest {

    @TempDir
    private Path folder;

    private ModelVariant open(String dataSha256) throws IOException {
        Path graph = folder.resolve("cpu-fp32.onnx");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {\"a\": 0}}}");
        Files.writeString(folder.resolve("manifest.json"), """
                {"id": "test/large", "dimension": 32, "pooling": "mean", "normalised": true, "max_tokens": 16,
                 "variants": [{"name": "cpu-fp32", "file": "cpu-fp32.onnx", "precision": "fp32", "style": "fused",
                  "deterministic": true, "sha256": "%s"%s}]}
                """.formatted(FileHash.of(graph).sha256(), dataSha256));
        return ModelBundle.open(new Config.Model(folder, 0, false, "auto")).variant(ExecutionProvider.CPU);
    }

    @Test
    void areHeldToTheManifest() throws IOException {
        Path data = folder.resolve("cpu-fp32.onnx.data");
        try (TinyModel model = TinyModel.open("bert")) {
            GraphWriter.write(GraphWriter.graph(model.architecture(), model.weights(),
                    new GraphSpec(GraphStyle.FUSED, Precision.FP32, Pooling.MEAN)), folder.resolve("cpu-fp32.onnx"),
                    1000);
        }
        String stated = ", \"data_sha256\": \"" + FileHash.of(data).sha256() + "\"";
        assertThat(open(stated).identity().dimension()).isEqualTo(32);
        assertThatThrownBy(() -> open("")).isInstanceOf(ModelException.class).hasMessageContaining("data_sha256");

        byte[] bytes = Files.readAllBytes(data);
        bytes[5] ^= 1;
        Files.write(data, bytes);
        assertThatThrownBy(() -> open(stated)).isInstanceOf(ModelException.class)
                .hasMessageContaining("cpu-fp32.onnx.data").hasMessageContaining("data_sha256 of cpu-fp32");
    }
}
