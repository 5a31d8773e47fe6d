package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.model.Pooling;
import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.graph.Architecture.Family;
import dev.semblance.model.weights.OnnxInitialisers;
import dev.semblance.model.weights.SafeTensorsWriter;
import dev.semblance.model.weights.WeightFiles;
import dev.semblance.model.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded model, taken out of its exported graph and written anew. */
class EmbeddedModelGraphTest {

    private static final long SEED = 17;

    private static OnnxInitialisers weights;
    private static Architecture architecture;
    private static GraphSession exported;

    @BeforeAll
    static void open() {
        byte[] onnx = EmbeddedModel.onnx();
        weights = EmbeddedModel.weights(onnx);
        architecture = EmbeddedModel.architecture(weights);
        exported = new GraphSession(onnx);
    }

    @AfterAll
    static void close() {
        exported.close();
        weights.close();
    }

    @Test
    void architectureIsDerivedFromShapes() {
        assertThat(architecture).isEqualTo(new Architecture(Family.BERT, 384, 6, 12, 1536, 512, 0, 2, 30_522, 0,
                1e-12f, Activation.GELU));
    }

    @Test
    void fusedGraphGivesTheExportedVectors() {
        List<int[]> rows = EmbeddedModel.sentences(200, SEED);
        assertThat(rows.stream().mapToInt(r -> r.length).distinct().count()).isGreaterThan(40);
        try (GraphSession fused = new GraphSession(GraphWriter.bytes(architecture, weights,
                new GraphSpec(GraphStyle.FUSED, Precision.FP32, Pooling.MEAN)))) {
            double largest = 0;
            for (int at = 0; at < rows.size(); at += 8) {
                List<int[]> batch = rows.subList(at, at + 8);
                float[][][] tokens = exported.runExported(batch);
                float[][] pooled = fused.run(GraphSpec.POOLED, batch);
                float[][] embedding = fused.run(GraphSpec.EMBEDDING, batch);
                for (int r = 0; r < batch.size(); r++) {
                    double[] mean = Vectors.mean(tokens[r], batch.get(r).length);
                    largest = Math.max(largest, Vectors.maxDifference(pooled[r], mean));
                    largest = Math.max(largest, Vectors.maxDifference(embedding[r], Vectors.unit(mean)));
                }
            }
            assertThat(largest).as("seed %d", SEED).isLessThan(1e-5);
        }
    }

    /** Out of the graph, into safetensors, and through the import's reader into a graph again. */
    @Test
    void roundTripThroughSafetensors(@TempDir Path folder) throws IOException {
        GraphSpec spec = new GraphSpec(GraphStyle.FUSED, Precision.FP32, Pooling.MEAN);
        SafeTensorsWriter.write(weights, folder.resolve("model.safetensors"));
        List<int[]> rows = EmbeddedModel.sentences(20, SEED + 1);
        try (Weights read = WeightFiles.open(folder);
                GraphSession again = new GraphSession(
                        GraphWriter.bytes(EmbeddedModel.architecture(read), read, spec))) {
            for (int[] row : rows) {
                double[] mean = Vectors.mean(exported.runExported(List.of(row))[0], row.length);
                double[] vector = Vectors.doubles(again.run(GraphSpec.EMBEDDING, List.of(row))[0]);
                assertThat(Vectors.cosine(vector, mean)).as("seed %d", SEED + 1).isGreaterThanOrEqualTo(0.999999);
            }
        }
    }
}
