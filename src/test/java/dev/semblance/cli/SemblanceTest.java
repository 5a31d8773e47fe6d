package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SemblanceTest {

    @TempDir
    private Path folder;

    @Test
    void helpListsEveryCommand() {
        Cli run = Cli.run("--help");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        CommandLine root = Semblance.commandLine(Map.of(), new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()));
        assertThat(root.getSubcommands()).containsKeys("config", "topics", "send", "tail");
        root.getSubcommands().forEach((name, command) -> {
            assertThat(run.out()).containsPattern("\n  " + name + " +\\S");
            assertThat(Cli.run(name, "--help")).satisfies(help -> {
                assertThat(help.code()).isZero();
                assertThat(help.out()).startsWith("Usage: semblance " + name).contains("--debug");
            });
        });
    }

    @Test
    void versionIsOneLine() {
        assertThat(Cli.run("--version").out()).matches("semblance \\S.*\\R");
    }

    @Test
    void withoutACommandTheUsageGoesToStderr() {
        Cli run = Cli.run();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Usage: semblance");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sned", "config", "config print --bogus", "topics create -c", "send",
            "tail a --from middle",
            "tail a --timeout 5", "tail a --limit many", "send f --speed fast", "send f --format xml"})
    void wrongArgumentsAreOneLineAndTwo(String line) {
        Cli run = Cli.run(line.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("semblance").contains("Try 'semblance").doesNotContain("\tat ");
        assertThat(run.err().lines().count()).isBetween(2L, 3L);
    }

    @Test
    void badValuesOfArgumentsSayWhatIsExpected() {
        assertThat(Cli.run("tail", "a", "--timeout", "5").err())
                .contains("'5' is no duration; write 50ms, 90s, 15m, 24h or 30d");
        assertThat(Cli.run("send", "f", "--speed", "fast").err()).contains("expected max, or x and a number above 0");
        assertThat(Cli.run("topic").err()).contains("topics");
    }

    @Test
    void aConfigurationThatCannotRunIsOneLineAndOne() {
        Cli run = Cli.run("config", "print", "-o", "window=5");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("semblance: window=5: '5' is no duration; write 50ms, 90s, 15m, 24h or 30d"
                + System.lineSeparator());
    }

    @Test
    void debugShowsTheStack() {
        assertThat(Cli.run("config", "print", "-o", "window=5", "--debug").err()).contains("ConfigException", "\tat ");
        assertThat(Cli.run("--debug", "config", "print", "-o", "window=5").err()).contains("ConfigException", "\tat ");
    }

    @Test
    void configPrintCanBeFedBackAndChecked() throws IOException {
        Cli first = Cli.run(Map.of("SEMBLANCE_GRACE", "1m"), "config", "print", "-o", "window=2h",
                "--bootstrap-servers", "a:1,b:2", "--model", "/models/x");
        assertThat(first.code()).isZero();
        assertThat(first.out()).contains("[option]\nwindow=2h\n", "[environment]\ngrace=1m\n",
                "[option]\nbootstrap.servers=a:1,b:2\n", "[option]\nmodel=/models/x\n", "[default]\nrole=all\n");

        Path file = Files.writeString(folder.resolve("back.properties"), first.out());
        assertThat(Cli.run("config", "check", file.toString()).out()).isEqualTo(file + ": fine\n");
        String again = Cli.run("config", "print", "-c", file.toString()).out();
        assertThat(again.replaceAll("\\[[a-z]+]\n", "")).isEqualTo(first.out().replaceAll("\\[[a-z]+]\n", ""));
    }

    @Test
    void configCheckRefuses() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.properties"), "threshold=2\n");
        Cli run = Cli.run("config", "check", file.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("semblance: threshold=2: expected a number from 0.5 to 0.999");
        Path centre = Files.writeString(folder.resolve("centre.properties"), "detect.centre=/no/such/manifest.json\n");
        Cli missing = Cli.run("config", "check", centre.toString());
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("/no/such/manifest.json").contains("no such file");
        assertThat(missing.out()).isEmpty();
        assertThat(Cli.run("config", "check", folder.resolve("none").toString()).err()).contains("does not exist");
    }

    @Test
    void noBrokerIsSaidAtOnce() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        for (String[] command : new String[][]{{"topics", "check"}, {"topics", "create"}, {"tail", "alerts"}}) {
            String[] args = new String[command.length + 2];
            System.arraycopy(command, 0, args, 0, command.length);
            args[command.length] = "--bootstrap-servers";
            args[command.length + 1] = "127.0.0.1:" + port;
            Cli run = Cli.run(args);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).startsWith("semblance: bootstrap.servers=127.0.0.1:" + port + ": no broker there (")
                    .contains("--bootstrap-servers");
            assertThat(run.err().lines()).hasSize(1);
        }
    }

    @Test
    void aMissingFileIsSaidBeforeAnyBrokerIsAsked() {
        Cli run = Cli.run("send", folder.resolve("none.jsonl").toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("semblance: " + folder.resolve("none.jsonl") + " does not exist\n");
    }

    private static String report(Exception e) {
        StringWriter err = new StringWriter();
        CommandLine command = Semblance.commandLine(Map.of(), new PrintWriter(new StringWriter()),
                new PrintWriter(err, true));
        assertThat(FailureReport.failure(e, command, false)).isEqualTo(1);
        return err.toString().strip();
    }

    @Test
    void expectedFailuresAreTheirMessage() {
        assertThat(report(new ConfigException("a=b: no\n  good"))).isEqualTo("semblance: a=b: no good");
        assertThat(report(new ExecutionException(new KafkaException("gone")))).isEqualTo("semblance: gone");
        assertThat(report(new CompletionException(new IOException("disk full")))).isEqualTo("semblance: disk full");
        assertThat(report(new UncheckedIOException(new NoSuchFileException("/a/b"))))
                .isEqualTo("semblance: /a/b: no such file");
        assertThat(report(new AccessDeniedException("/a/b"))).isEqualTo("semblance: /a/b: permission denied");
        assertThat(report(new CommandFailure("cannot", new IllegalStateException(new IOException("because")))))
                .isEqualTo("semblance: cannot: because");
        assertThat(report(new KafkaException())).isEqualTo("semblance: KafkaException");
    }

    @Test
    void bugsAreNamedAsSuch() {
        assertThat(report(new IllegalStateException("oops"))).isEqualTo("semblance: internal error: "
                + "java.lang.IllegalStateException: oops (--debug shows where; please report it)");
    }
}
