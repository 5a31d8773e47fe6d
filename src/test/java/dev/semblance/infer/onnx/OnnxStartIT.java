package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.infer.Engines;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.model.bundle.TinyModel;
import dev.semblance.record.TokenizedText;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own, with a command line as long as that of a program with many jars. */
class OnnxStartIT {

    @TempDir
    Path folder;

    /** What the child runs: one text through the model in the folder given. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) {
            ModelBundle bundle = ModelBundle.open(new Config.Model(Path.of(args[0]), 0, false, "auto"));
            try (EmbeddingEngine engine = Engines
                    .open(new Config.Engine(ExecutionProvider.CPU, List.of(0), Config.Cuda.STANDARD, 1, 0,
                            0, 0, Duration.ZERO, 8, Duration.ofMinutes(1), 0), bundle, new SimpleMeterRegistry())) {
                System.out.println("dimension " + engine.submit(new TokenizedText(new int[]{1}, false)).join().length);
            }
        }
    }

    @Test
    void startsWithALongCommandLineAndLeavesNoReporterBehind() throws IOException, InterruptedException {
        TinyModel.write(folder, TinyModel.manifest());
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Duser.home=" + folder, "-cp",
                System.getProperty("java.class.path"), Child.class.getName(), folder.toString(), "x".repeat(20_000))
                .redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output).contains("dimension 4");
        assertThat(child.exitValue()).as(output).isZero();
    }
}
