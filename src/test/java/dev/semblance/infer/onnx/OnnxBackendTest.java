package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.batch.Pending;
import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.infer.Backend;
import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.infer.EngineStartException;
import dev.semblance.infer.Engines;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.model.bundle.TinyModel;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxBackendTest {

    @TempDir
    Path folder;

    private ModelBundle tiny(String from, String to) throws IOException {
        TinyModel.write(folder, TinyModel.manifest().replace(from, to));
        return ModelBundle.open(new Config.Model(folder, 0, false, "auto"));
    }

    private static Config.Engine config(ExecutionProvider provider, Path cudaLibraries) {
        return new Config.Engine(provider, List.of(0), new Config.Cuda(cudaLibraries, 0), 2, 0, 0, 0, Duration.ZERO, 64,
                Duration.ofMinutes(1), 0);
    }

    private static float[] vectorOf(ModelBundle bundle, int... ids) {
        try (EmbeddingEngine engine = Engines.open(config(ExecutionProvider.CPU, null), bundle,
                new SimpleMeterRegistry())) {
            return engine.submit(new TokenizedText(ids, false)).join();
        }
    }

    /** The table that the tiny model looks its tokens up in. */
    private static double entry(int id, int d) {
        return (float) Math.sin(id * TinyModel.DIMENSION + d + 1);
    }

    @Test
    void poolsAsTheManifestSays() throws IOException {
        float[] mean = vectorOf(tiny("\"normalised\": true", "\"normalised\": false"), 3, 7, 7);
        float[] cls = vectorOf(tiny("mean\", \"normalised\": true", "cls\", \"normalised\": false"), 3, 7, 7);
        float[] unit = vectorOf(tiny("", ""), 3, 7, 7);
        double norm = 0;
        for (int d = 0; d < TinyModel.DIMENSION; d++) {
            assertThat(mean[d]).isEqualTo((float) ((entry(3, d) + entry(7, d) + entry(7, d)) / 3));
            assertThat(cls[d]).isEqualTo((float) entry(3, d));
            norm += (double) mean[d] * mean[d];
        }
        for (int d = 0; d < TinyModel.DIMENSION; d++) {
            assertThat(unit[d]).isCloseTo((float) (mean[d] / Math.sqrt(norm)),
                    org.assertj.core.api.Assertions.within(1e-6f));
        }
    }

    @Test
    void paddingIsLeftOutOfTheMean() throws Exception {
        BatchLimits limits = BatchLimits.padded(64, 8, 8, 16, 0, 10);
        ModelBundle bundle = tiny("", "");
        try (Backend backend = OnnxBackends.cpu(bundle.variant(ExecutionProvider.CPU), limits);
                Backend.Lane lane = backend.newLane()) {
            TokenizedText text = new TokenizedText(new int[]{3, 7}, false);
            Pending<String> row = new Pending<>("", text, 0, 0);
            float[] exact = Arrays.copyOf(lane.run(new MicroBatch<>(List.of(row), 2)), TinyModel.DIMENSION);
            float[] padded = lane.run(new MicroBatch<>(List.of(row, row), 8));
            assertThat(Arrays.copyOf(padded, 4)).isEqualTo(exact);
            assertThat(Arrays.copyOfRange(padded, 4, 8)).isEqualTo(exact);
        }
    }

    /** The first runs take every position there is; a table that lacks the last row is found before any record. */
    @Test
    void theLongestTextHasAPositionForEachToken() throws IOException {
        ModelBundle bundle = tiny("\"deterministic\"", "\"pad_token_id\": 1, \"deterministic\"");
        Files.write(folder.resolve("model.onnx"), TinyModel.countingFromPadding(18, 1).toByteArray());
        int[] longest = new int[16];
        Arrays.fill(longest, 3);
        assertThat(vectorOf(bundle, longest)).hasSize(TinyModel.DIMENSION);
        // A name by which the table is not known.
        String unnamed = new String(TinyModel.countingFromPadding(17, 1).toByteArray(),
                java.nio.charset.StandardCharsets.ISO_8859_1).replace("position_embeddings", "onnx__MatMul_12345a");
        Files.write(folder.resolve("model.onnx"), unnamed.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> vectorOf(bundle, 3)).isInstanceOf(EngineStartException.class)
                .hasMessageContaining("fails its first runs").hasMessageContaining("check max_tokens");
    }

    @Test
    void idsThatTheModelDoesNotKnowArePoison() throws IOException {
        ModelBundle bundle = tiny("", "");
        for (int id : new int[]{-1, TinyModel.ROWS}) {
            assertThatThrownBy(() -> vectorOf(bundle, 1, id)).hasCauseInstanceOf(PoisonTextException.class)
                    .hasMessageContaining("token id " + id).hasMessageContaining("0 to 19");
        }
    }

    @Test
    void aGraphThatTheRuntimeCannotLoadIsRefused() throws IOException {
        ModelBundle bundle = tiny("", "");
        byte[] onnx = Files.readAllBytes(folder.resolve("model.onnx"));
        String broken = new String(onnx, java.nio.charset.StandardCharsets.ISO_8859_1).replace("Gather", "Gether");
        Files.write(folder.resolve("model.onnx"), broken.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> vectorOf(bundle, 1)).isInstanceOf(EngineStartException.class)
                .hasMessageContaining("model.onnx").hasMessageContaining("Gether");
    }

    @Test
    @SuppressWarnings("restricted")
    void theRuntimeIsToldNotToReportToItsMaker() throws Throwable {
        vectorOf(tiny("", ""), 1);
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = (MemorySegment) linker
                    .downcallHandle(linker.defaultLookup().findOrThrow("getenv"),
                            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom(Telemetry.VARIABLE));
            assertThat(value.reinterpret(2).getString(0)).isEqualTo("1");
        }
    }

    @Test
    void cudaThatIsNotThereIsNamedAndAutoFallsBack() throws IOException {
        Assumptions.assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "this machine has a GPU");
        ModelBundle bundle = tiny("", "");
        assertThatThrownBy(
                () -> Engines.open(config(ExecutionProvider.CUDA, null), bundle, new SimpleMeterRegistry()))
                .isInstanceOf(EngineStartException.class).hasMessageContaining("cuda:0")
                .hasMessageContaining("libcuda.so.1").hasMessageContaining("execution.provider=cpu");
        try (EmbeddingEngine engine = Engines.open(config(ExecutionProvider.AUTO, null), bundle,
                new SimpleMeterRegistry())) {
            assertThat(engine.describe()).startsWith("cpu, 2 threads, fp32, 512 tokens a batch");
            assertThat(engine.submit(new TokenizedText(new int[]{1}, false)).join()).hasSize(TinyModel.DIMENSION);
        }
    }
}
