package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

    @TempDir
    private Path folder;

    private String file(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), Arrays.asList(lines)).toString();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void nothingIsSeenBeforeAllIsThere() throws IOException {
        Path out = folder.resolve("out");
        Files.writeString(out, "earlier");
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-r-----"));
        try (OutputFile file = OutputFile.open(out)) {
            file.stream().write("half".getBytes(StandardCharsets.UTF_8));
            file.stream().flush();
            assertThat(out).hasContent("earlier");
        }
        assertThat(out).hasContent("earlier");
        assertThat(names()).containsExactly("out");
        try (OutputFile file = OutputFile.open(out)) {
            file.stream().write("new".getBytes(StandardCharsets.UTF_8));
            file.keep();
        }
        assertThat(out).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out))).isEqualTo("rw-r-----");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void aLinkStaysAndWhatItLeadsToIsReplaced() throws IOException {
        Path target = Path.of(file("target", "old"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        try (OutputFile file = OutputFile.open(link)) {
            file.stream().write('x');
            file.keep();
        }
        assertThat(link).isSymbolicLink();
        assertThat(target).hasContent("x");
        try (OutputFile file = OutputFile.open(Path.of("/dev/null"))) {
            file.stream().write('x');
            file.keep();
        }
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void whatCannotBeWrittenIsSaid() {
        Path out = folder.resolve("none").resolve("out");
        assertThatThrownBy(() -> OutputFile.open(out)).isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("--out " + out + ": cannot be written (NoSuchFile ");
        assertThatThrownBy(() -> OutputFile.requireOther(folder, List.of())).isInstanceOf(CommandFailure.class)
                .hasMessageContaining("is a folder");
    }

    @Test
    void anInputIsNeverOverwritten() throws IOException {
        String a = file("a", "one", "two");
        String b = file("b", "one", "two");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of(b));
        for (String[] args : new String[][]{{"embed", a, "--out", a},
                {"similar", "--files", a, b, "--out", folder.resolve(".").resolve("a").toString()},
                {"similar", "--files", a, b, "--out", link.toString()}}) {
            Cli run = Cli.run(args);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).startsWith("semblance: --out ").contains("is the input ", "which would be lost");
        }
        assertThat(Path.of(a)).hasContent("one\ntwo");
        assertThat(Path.of(b)).hasContent("one\ntwo");
    }

    @Test
    void aCommandThatFailsLeavesTheEarlierResult() throws IOException {
        Path out = Path.of(file("out", "earlier"));
        Cli run = Cli.run("similar", "--files", file("a", "one", "two"), file("b", "one"), "--out", out.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("ends after 1 lines");
        assertThat(out).hasContent("earlier");
        assertThat(names()).containsExactly("a", "b", "out");
    }
}
