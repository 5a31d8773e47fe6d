package dev.semblance.model.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.infer.onnx.OnnxGraphRunner;
import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an import finds by running the graphs: a tiny model, and runners that spoil what they give. */
class GraphVerifierTest {

    private static final Predicate<GraphRunner.Batch> SEVERAL = batch -> batch.texts().size() > 1;

    @TempDir
    private Path scratch;

    private Path source;
    private GraphRunner runner = new OnnxGraphRunner();
    private Pooling pooling = Pooling.CLS;

    @BeforeEach
    void copy() throws IOException {
        source = scratch.resolve("tiny-bert");
        TinySource.copy("bert", source);
    }

    private ImportResult run() {
        return new ModelImport(runner, new OnnxRanges(), ModelImportTest::tokenizer, step -> {}).run(
                ImportSource.of(source), new ImportOptions(null, pooling, 0, List.of(), true),
                scratch.resolve("made"));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused() {
        AbstractThrowableAssert<?, ? extends Throwable> thrown = assertThatThrownBy(this::run)
                .isInstanceOf(ModelException.class);
        assertThat(scratch.resolve("made")).doesNotExist();
        return thrown;
    }

    /** Changes what graphs give whose files' names begin so. */
    private static GraphRunner meddling(String graph, Meddling meddling) {
        GraphRunner honest = new OnnxGraphRunner();
        return new GraphRunner() {
            @Override
            public List<float[][]> run(Path file, int padTokenId, List<Batch> batches) {
                return file.getFileName().toString().startsWith(graph)
                        ? meddling.run(honest, file, padTokenId, batches)
                        : honest.run(file, padTokenId, batches);
            }

            @Override
            public void requireValid(Path file) {
                honest.requireValid(file);
            }
        };
    }

    @FunctionalInterface
    private interface Meddling {
        List<float[][]> run(GraphRunner honest, Path file, int padTokenId, List<GraphRunner.Batch> batches);
    }

    /** Changes a vector wherever its batch is of a kind. */
    private static Meddling changing(Predicate<GraphRunner.Batch> kind, Consumer<float[][]> change) {
        return (honest, file, pad, batches) -> {
            List<float[][]> vectors = honest.run(file, pad, batches);
            for (int i = 0; i < batches.size(); i++) {
                if (kind.test(batches.get(i))) {
                    change.accept(vectors.get(i));
                }
            }
            return vectors;
        };
    }

    private static boolean padded(GraphRunner.Batch batch) {
        return batch.texts().stream().anyMatch(text -> text.length < batch.paddedLength());
    }

    @Test
    void aGraphThatIsTooFarFromThePlainOneIsRefused() {
        runner = meddling("cpu-fp32", changing(batch -> true, rows -> rows[0][3] += 2e-5f));
        refused().hasMessageContaining("cpu-fp32.onnx: its vectors are too far from the plain graph's")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("--variants"));
        float[][] other = new float[1][];
        runner = meddling("cuda-fp16.onnx", changing(batch -> true, rows -> {
            other[0] = other[0] == null ? rows[0] : other[0];
            rows[0] = other[0];
        }));
        refused().hasMessageEndingWith("import without this graph: --variants cpu-fp32,cpu-int8,cuda-fp16-packed");
        runner = meddling("", changing(batch -> true, rows -> rows[0] = new float[32]));
        refused().hasMessageContaining("the norm 0.0");
        float[] same = new float[32];
        same[0] = 1;
        runner = meddling("", changing(batch -> true, rows -> rows[0] = same));
        refused().hasMessageContaining("the same vector");
    }

    /** Each text is taken for as long as its row: what a graph does that forgets the mask. */
    private static List<float[][]> withoutMask(GraphRunner honest, Path file, int padTokenId,
            List<GraphRunner.Batch> batches) {
        return honest.run(file, padTokenId, batches.stream().map(batch -> new GraphRunner.Batch(
                batch.texts().stream().map(text -> Arrays.copyOf(text, batch.paddedLength())).toList(),
                batch.paddedLength())).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-fp32", "cpu-int8", "cuda-fp16.onnx"})
    void aGraphThatSeesPaddingIsRefused(String graph) {
        pooling = Pooling.MEAN;
        runner = meddling(graph, GraphVerifierTest::withoutMask);
        refused().hasMessageStartingWith(
                graph.replace(".onnx", "") + ".onnx: texts have other vectors alone and padded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu-fp32", "cpu-int8"})
    void aBitThatDependsOnTheBatchIsRefusedWhereAVariantIsDeterministic(String graph) {
        runner = meddling(graph, changing(SEVERAL.and(batch -> !padded(batch)), rows -> rows[1][7] = Math.nextUp(
                rows[1][7])));
        refused().hasMessageContaining(graph + ".onnx: built-in text ").hasMessageContaining("vector in a batch: ");
        runner = meddling(graph, changing(SEVERAL.and(GraphVerifierTest::padded), rows -> rows[1][7] = Math.nextDown(
                rows[1][7])));
        refused().hasMessageContaining(graph + ".onnx: built-in text ")
                .hasMessageContaining("vector in a padded batch: ").hasMessageContaining("deterministic");
    }

    @Test
    void whereNoneIsClaimedLastBitsMayDependOnTheBatchButNotTheText() {
        runner = meddling("cuda-fp16.onnx", changing(SEVERAL, rows -> rows[1][7] = Math.nextUp(rows[1][7])));
        run();
        runner = meddling("cuda-fp16.onnx", changing(SEVERAL, rows -> rows[1] = rows[0]));
        assertThatThrownBy(this::run).isInstanceOf(ModelException.class)
                .hasMessageContaining("cuda-fp16.onnx: texts have other vectors in a batch");
    }

    /** Without them the checks above would compare texts with themselves. */
    @Test
    void mostBuiltInTextsRunAmongOthersAndPadded() {
        List<GraphRunner.Batch> seen = new ArrayList<>();
        runner = meddling("cpu-fp32", (honest, file, pad, batches) -> {
            assertThat(pad).isZero();
            seen.addAll(batches);
            return honest.run(file, pad, batches);
        });
        run();
        int texts = VerificationTexts.all().size();
        assertThat(seen.stream().filter(SEVERAL).filter(batch -> !padded(batch))
                .mapToInt(batch -> batch.texts().size()).sum()).isGreaterThan(texts * 2 / 3);
        assertThat(seen.stream().filter(SEVERAL).filter(GraphVerifierTest::padded)
                .mapToInt(batch -> batch.texts().size()).sum()).isGreaterThan(texts * 2 / 3);
        assertThat(seen).allSatisfy(batch -> assertThat(batch.paddedLength()).isLessThanOrEqualTo(40));
    }
}
