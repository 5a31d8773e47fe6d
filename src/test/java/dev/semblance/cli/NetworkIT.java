package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.semblance.testing.CallTrace;
import dev.semblance.testing.ChildProgram;
import dev.semblance.testing.SocketWatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The program keeps to this machine: no socket of it or of its children has anything but loopback at either end, and in
 * a fresh home folder it leaves nothing but its own cache. Linux only.
 */
class NetworkIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path OWN_CACHE = Path.of(".cache", "semblance");

    @TempDir
    private Path home;

    @BeforeEach
    void linuxOnly() {
        skipUnless(SocketWatch.isSupported(), "no /proc/self/net/tcp, it needs Linux");
    }

    @Test
    void similarKeepsToLoopback() throws Exception {
        keepsToLoopback("0.", List.of("similar", "Storm warning for the coast", "The coast expects a storm"));
    }

    /** The native tokenizer, which goes out unless told not to. */
    @Test
    void theNativeTokenizerKeepsToLoopback() throws Exception {
        keepsToLoopback("0.", List.of("similar", "-o", "tokenizer=huggingface", "Storm warning for the coast",
                "The coast expects a storm"));
    }

    @Test
    void dedupKeepsToLoopback(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("texts.txt"),
                IntStream.range(0, 40).mapToObj(i -> "The ferry to island " + i % 20 + " is late").toList());
        keepsToLoopback("duplicateOf", List.of("dedup", file.toString()));
    }

    @Test
    void demoAndItsBrokerKeepToLoopback() throws Exception {
        SocketWatch watch = keepsToLoopback("\"embedded\"", List.of("demo", "--exit", "--limit", "50"));
        assertThat(watch.processes()).as("the program and its broker").isGreaterThanOrEqualTo(2);
        assertThat(watch.sockets()).as("the watch sees sockets").isGreaterThan(10);
    }

    private SocketWatch keepsToLoopback(String expectedOutput, List<String> arguments) throws Exception {
        try (ChildProgram program = ChildProgram.startAtHome(home, List.of(), arguments);
                SocketWatch watch = SocketWatch.on(program.handle())) {
            assertThat(program.awaitExit(PATIENCE)).as("%s", program.output()).isZero();
            assertThat(program.output()).contains(expectedOutput);
            assertThat(watch.findings()).as("sockets of %s beyond loopback", arguments.getFirst()).isEmpty();
            assertThat(watch.looks()).as("looks at the tables").isGreaterThan(20);
            assertThat(strangers()).as("files and folders under HOME that are not ours").isEmpty();
            return watch;
        }
    }

    private List<Path> strangers() throws IOException {
        try (Stream<Path> tree = Files.walk(home)) {
            return tree.map(home::relativize)
                    .filter(path -> !path.startsWith(OWN_CACHE) && !OWN_CACHE.startsWith(path)
                            && !path.toString().isEmpty())
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"similar|one text|another text",
            "similar|-o|tokenizer=huggingface|one text|another text", "demo|--exit|--limit=50"})
    void everyAddressThatTheKernelIsGivenIsLoopback(String command, @TempDir Path folder) throws Exception {
        skipUnless(CallTrace.isSupported(), "no strace that may trace");
        Path file = folder.resolve("calls");
        try (ChildProgram program = ChildProgram.startAtHome(home, CallTrace.prefix(file),
                List.of(command.split("\\|")))) {
            assertThat(program.awaitExit(PATIENCE)).as("%s", program.output()).isZero();
        }
        List<String> calls = CallTrace.read(file);
        if (command.startsWith("demo")) {
            assertThat(CallTrace.internet(calls)).as("a client and a broker talk").isNotEmpty();
        }
        assertThat(CallTrace.away(calls)).isEmpty();
    }

    /** What the watch must catch, in a child of a child. */
    static final class Offender {

        private Offender() {}

        public static void main(String[] args) throws Exception {
            try (DatagramChannel channel = DatagramChannel.open()) {
                if (args[0].equals("connected")) {
                    // TEST-NET-2, nobody's address (RFC 5737). Connecting a datagram socket sends nothing.
                    channel.connect(new InetSocketAddress("198.51.100.1", 9));
                } else {
                    channel.bind(new InetSocketAddress(0));
                }
                Thread.sleep(500);
            } catch (SocketException e) {
                System.out.println("unreachable: " + e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"connected, to 198.51.100.1:9", "bound, to 0"})
    void theWatchCatchesADatagramSocketOfAGrandchild(String kind, String expected) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder("sh", "-c", "\"$@\"; true", "sh", java, "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), Offender.class.getName(), kind).redirectErrorStream(true)
                .start();
        try (SocketWatch watch = SocketWatch.on(process.toHandle())) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            skipUnless(!output.contains("unreachable"), "no route to 198.51.100.1, so that nothing can be connected");
            assertThat(output).isEmpty();
            assertThat(watch.findings()).anySatisfy(f -> assertThat(f).startsWith("udp").contains(expected));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void skipUnless(boolean possible, String reason) {
        if (!possible) {
            System.out.println("NetworkIT skipped in part: " + reason);
        }
        assumeTrue(possible, reason);
    }
}
