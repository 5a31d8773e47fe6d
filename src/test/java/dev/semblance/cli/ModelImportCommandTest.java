package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the environment says. Nothing is asked: all runs are offline. */
class ModelImportCommandTest {

    @TempDir
    private Path folder;

    private String refusal(Map<String, String> environment, String... more) {
        String[] arguments = {"model", "import", "owner/name", "--offline", "--to", folder.resolve("to").toString(),
                "--cache", folder.resolve("cache").toString()};
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        Cli run = Cli.run(environment, all);
        assertThat(run.code()).isNotZero();
        return run.err();
    }

    @Test
    void variablesThatAreEmptyAreNotSet() {
        assertThat(refusal(Map.of("HF_ENDPOINT", "", "HF_TOKEN", ""))).contains("is not in the cache");
        assertThat(refusal(Map.of("HF_TOKEN", " ", "HUGGING_FACE_HUB_TOKEN", "no token"))).contains("has blanks");
    }

    @Test
    void aTokenFileThatIsNoneIsNamed() throws Exception {
        Path file = folder.resolve("token");
        assertThat(refusal(Map.of(), "--token-file", file.toString())).contains("--token-file " + file);
        Files.writeString(file, "hf_one\nhf_two");
        assertThat(refusal(Map.of(), "--token-file", file.toString())).contains("--token-file " + file + ": expected")
                .doesNotContain("hf_one");
        Files.writeString(file, "hf_one\n");
        assertThat(refusal(Map.of(), "--token-file", file.toString())).contains("is not in the cache");
    }
}
