package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.testing.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A small run with a broker of its own, so that the benchmark cannot rot; what it measures here means nothing. */
@Timeout(180)
class BenchPipelineIT {

    @Test
    void theDocumentHoldsWhatWasMeasured() throws Exception {
        Cli run = Cli.run("bench", "pipeline", "--texts", "600", "--rounds", "1", "--warm-ups", "1",
                "--latency-seconds",
                "1", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        for (String rate : new String[]{"engineTextsPerSecond", "pipelineTextsPerSecond", "ratio",
                "ratioWithoutBroker", "engineCpuMsPerText", "pipelineCpuMsPerText"}) {
            assertThat(json.get(rate).get("median").doubleValue()).as(rate).isPositive();
        }
        assertThat(json.get("brokerShareOfCores").get("median").doubleValue()).isBetween(0.0, 1.0);
        assertThat(json.get("textsSent").longValue()).isGreaterThan(2 * 600);
        assertThat(json.get("textsRepeated").longValue()).isZero();
        assertThat(json.get("latency")).extracting(l -> l.get("guarantee").textValue()).containsExactly(
                "at least once", "exactly once");
        assertThat(json.get("latency")).allSatisfy(l -> {
            assertThat(l.get("commitIntervalMs").intValue()).isPositive();
            assertThat(l.get("latency").get("texts").intValue()).isPositive();
            assertThat(l.get("latency").get("p99Ms").doubleValue()).isPositive();
        });
    }

    @Test
    void stoppedBeforeTheEndItLeavesNothingBehind(@TempDir Path home) throws Exception {
        Path temporary = Files.createDirectory(home.resolve("tmp"));
        try (ChildProgram run = ChildProgram.startAtHome(home,
                List.of("env", "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + temporary),
                List.of("bench", "pipeline", "--texts", "600", "--warm-ups", "1000"))) {
            while (!run.output().contains("warm-up 1:")) {
                assertThat(run.isAlive()).as(run.output()).isTrue();
                Thread.sleep(50);
            }
            assertThat(folders(temporary)).as("while it runs").isNotEmpty();

            assertThat(run.terminate(Duration.ofSeconds(60))).as(run.output()).isEqualTo(1);

            assertThat(run.output()).contains("stopped before the end");
            assertThat(folders(temporary)).isEmpty();
        }
    }

    private static List<String> folders(Path temporary) throws IOException {
        try (Stream<Path> content = Files.list(temporary)) {
            return content.map(f -> f.getFileName().toString()).filter(n -> n.startsWith("semblance")).toList();
        }
    }
}
