package dev.semblance.model.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.infer.onnx.OnnxGraphRunner;
import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCheckTest {

    @TempDir
    private Path scratch;

    @Test
    void aBundleIsHeldToItsManifest() throws IOException {
        Path source = scratch.resolve("tiny-bert");
        Path target = scratch.resolve("made");
        TinySource.copy("bert", source);
        new ModelImport(new OnnxGraphRunner(), new OnnxRanges(), ModelImportTest::tokenizer, step -> {}).run(
                ImportSource.of(source),
                new ImportOptions(null, Pooling.CLS, 0, List.of(), false), target);
        BundleCheck check = new BundleCheck(new OnnxGraphRunner(), ModelImportTest::tokenizer);
        assertThat(check.check(target)).hasSize(12).allMatch(BundleCheck.Finding::passed);

        JsonNode sourceOf = new ObjectMapper().readTree(target.resolve("manifest.json").toFile()).path("source");
        Path graph = target.resolve("cuda-fp16-packed.onnx");
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).singleElement()
                .satisfies(f -> assertThat(f.what() + f.fault()).contains("cuda-fp16-packed.onnx", "SHA-256"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);

        String tokenizer = Files.readString(target.resolve("tokenizer.json"));
        Files.writeString(target.resolve("tokenizer.json"), tokenizer + " ");
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).extracting(BundleCheck.Finding::what)
                .containsExactly("tokenizer.json");
        Files.writeString(target.resolve("tokenizer.json"), tokenizer);

        TinySource.edit(target.resolve("manifest.json"), manifest -> {
            double first = manifest.path("mean").path(0).asDouble();
            manifest.withArray("mean").set(0, first + 1e-3);
        });
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).extracting(BundleCheck.Finding::what)
                .containsExactly("cpu-fp32");
        TinySource.edit(target.resolve("manifest.json"), manifest -> {
            manifest.remove("mean");
            manifest.withObject("source").remove("files");
        });
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).extracting(BundleCheck.Finding::what)
                .containsExactly("tokenizer.json");
        Files.writeString(target.resolve("cpu-fp32.onnx.data"), "unknown");
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).extracting(BundleCheck.Finding::what)
                .containsExactly("tokenizer.json", "cpu-fp32.onnx.data");
        Files.delete(target.resolve("cpu-fp32.onnx.data"));
        TinySource.edit(target.resolve("manifest.json"),
                manifest -> manifest.set("source", sourceOf));
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).extracting(BundleCheck.Finding::fault)
                .singleElement().asString().contains("the manifest has no mean");
        Files.delete(graph);
        assertThat(check.check(target)).filteredOn(f -> !f.passed()).extracting(BundleCheck.Finding::fault)
                .containsExactly("is missing");
    }
}
