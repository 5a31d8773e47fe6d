package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** A small run, so that the benchmark cannot rot. What it measures here means nothing. */
class BenchEmbedTest {

    private static final String[] SMALL = {"bench", "embed", "--texts", "40", "--rounds", "2", "--warm-ups", "0",
            "--limit-ms", "5", "--latency-seconds", "0.1"};

    private static String[] small(String... more) {
        String[] all = java.util.Arrays.copyOf(SMALL, SMALL.length + more.length);
        System.arraycopy(more, 0, all, SMALL.length, more.length);
        return all;
    }

    @Test
    void theDocumentHoldsWhatWasMeasured() throws Exception {
        Cli run = Cli.run(small("--json", "--loads", "0.5"));
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.get("texts").intValue()).isEqualTo(40);
        assertThat(json.get("machine").get("cores").intValue()).isPositive();
        assertThat(json.get("machine").get("onnxruntime").textValue()).matches("\\d+\\.\\d+.*");
        assertThat(json.get("variants").get(0).get("limits").properties()).hasSize(3).allSatisfy(limit -> {
            assertThat(limit.getValue().get("median").doubleValue()).as("compiled: not %s", limit).isGreaterThan(1e9);
            assertThat(limit.getValue().get("rounds")).hasSize(2);
        });
        JsonNode variant = json.get("variants").get(0);
        assertThat(variant.get("name").textValue()).isEqualTo("cpu-fp32");
        assertThat(variant.get("textsPerSecond").get("median").doubleValue()).isPositive();
        assertThat(variant.get("shareOfFp32Fma").get("median").doubleValue()).isPositive();
        assertThat(variant.get("meanCosine").doubleValue()).isCloseTo(1, within(1e-6));
        assertThat(variant.get("sameBytesAlone").booleanValue()).isTrue();
        JsonNode latency = variant.get("latency").get(0);
        assertThat(latency.get("load").doubleValue()).isEqualTo(0.5);
        assertThat(latency.get("texts").intValue()).isPositive();
        assertThat(latency.get("p99Ms").doubleValue()).isGreaterThanOrEqualTo(latency.get("p50Ms").doubleValue());
        assertThat(json.get("peers")).isEmpty();
    }

    @Test
    void theTableIsForPeople() {
        Cli run = Cli.run(small());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("40 texts (invented feed, seed 1)", "ONNX Runtime MatMulInteger", "GOP/s",
                "% of multiply-add", "cpu-fp32 at 75 %", "same bytes alone");
        assertThat(run.err()).contains("round 2, cpu-fp32: ");
    }

    @Test
    void wrongArgumentsAreSaid() {
        for (String[] wrong : new String[][]{{"--loads", "1.5"}, {"--texts", "0"}, {"--shape", "12x768"},
                {"--latency-seconds", "-1"}}) {
            Cli run = Cli.run(small(wrong));
            assertThat(run.code()).as(wrong[0]).isEqualTo(2);
            assertThat(run.err()).contains(wrong[0]);
        }
        Cli peers = Cli.run(small("--peers"));
        assertThat(peers.code()).isEqualTo(1);
        assertThat(peers.err()).contains("--peers", "./semblance in a checkout");
    }
}
