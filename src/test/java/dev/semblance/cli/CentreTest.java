package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.model.ModelException;
import dev.semblance.record.ModelIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CentreTest {

    private static final String MANIFEST = """
            {"id": "test/alike", "dimension": 16, "pooling": "cls", "normalised": true, "max_tokens": 64,
             %s "family": "bert", "variants": [{"name": "cpu-fp32", "file": "cpu-fp32.onnx", "precision": "fp32",
             "style": "plain", "deterministic": true,
             "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}]}
            """;
    private static final String MEAN = "\"mean\": [0.9, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],";

    @TempDir
    private Path folder;

    private Path manifest(String mean) throws IOException {
        return Files.writeString(folder.resolve("manifest.json"), MANIFEST.formatted(mean));
    }

    private static Config config(String... options) {
        ConfigSource source = new ConfigSource();
        for (String option : options) {
            source.withOption(option);
        }
        return Centre.of(source.build());
    }

    @Test
    void aMemoryNodeNeedsTheManifestAlone() throws IOException {
        Path manifest = manifest(MEAN);
        for (String from : new String[]{manifest.toString(), folder.toString()}) {
            Config config = config("role=detect", "detect.centre=" + from);
            assertThat(config.detect().mean().modelId()).isEqualTo("test/alike");
            assertThat(config.detect().mean().vector()).hasSize(16).startsWith(0.9f, 0.1f);
        }
        Config auto = config("role=detect", "model=" + folder);
        assertThat(auto.detect().mean().isOf(new ModelIdentity("test/alike", "r", 16, "cls", true, 64, "int8")))
                .as("whatever the precision").isTrue();
        assertThat(auto.detect().mean().isOf(new ModelIdentity("test/alike", "r", 17, "cls", true, 64, "fp32")))
                .isFalse();
        assertThat(auto.detect().mean().isOf(new ModelIdentity("test/other", "r", 16, "cls", true, 64, "fp32")))
                .isFalse();
    }

    @Test
    void withoutAMeanNothingIsTakenOut() throws IOException {
        assertThat(config().detect().mean()).as("the built-in model").isNull();
        assertThat(config("role=detect", "model=" + folder.resolve("elsewhere")).detect().mean()).isNull();
        manifest("");
        assertThat(config("model=" + folder).detect().mean()).isNull();
        manifest(MEAN);
        assertThat(config("model=" + folder, "detect.centre=none").detect().mean()).isNull();
    }

    @Test
    void aManifestThatIsNamedHasToHaveOne() throws IOException {
        Path manifest = manifest("");
        assertThatThrownBy(() -> config("detect.centre=" + manifest)).isInstanceOf(CommandFailure.class)
                .hasMessageContaining("detect.centre=" + manifest).hasMessageContaining("test/alike states no mean");
        assertThatThrownBy(() -> config("detect.centre=/no/such")).isInstanceOf(ModelException.class)
                .hasMessageContaining("/no/such").hasMessageContaining("no such file");
    }

    @Test
    void configPrintTellsThePromiseOfThatModel() throws IOException {
        Cli run = Cli.run("config", "print", "-o", "detect.centre=" + manifest(MEAN));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("# threshold 0.9, 384 dimensions: 384-bit",
                "# test/alike: threshold 0.9, 16 dimensions, mean cosine 0.82 taken out: ");
        assertThat(run.out().lines().filter(l -> !l.startsWith("#"))).anyMatch(l -> l.startsWith("detect.centre="));
    }
}
