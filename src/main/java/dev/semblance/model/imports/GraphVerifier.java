package dev.semblance.model.imports;

import dev.semblance.model.ModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors of the built-in texts, by one graph after the other.
 *
 * <p>
 * Thread: one owner.
 */
final class GraphVerifier {

    private static final double NORM_TOLERANCE = 1e-2;
    /** Two texts of any kind with vectors closer than this are not told apart. */
    private static final double COLLAPSED = 1e-6;

    private final GraphRunner runner;
    private final List<int[]> tokenIds;
    private final int dimension;

    GraphVerifier(GraphRunner runner, List<int[]> tokenIds, int dimension) {
        this.runner = runner;
        this.tokenIds = tokenIds;
        this.dimension = dimension;
    }

    static List<int[]> tokens(TokenIds.Opener tokenizers, byte[] tokenizerJson, int maxTokens, int vocabulary) {
        List<int[]> all = new ArrayList<>();
        try (TokenIds tokenizer = tokenizers.open(tokenizerJson, maxTokens)) {
            for (String text : VerificationTexts.all()) {
                int[] ids = tokenizer.of(text);
                for (int id : ids) {
                    if (id < 0 || id >= vocabulary) {
                        throw new ModelException("tokenizer.json: gives the token id " + id + ", but the model has "
                                + vocabulary + " rows of word embeddings; the tokenizer belongs to another model");
                    }
                }
                all.add(ids);
            }
        }
        return all;
    }

    /** @return [texts × dimension], unit L2 norm, all finite */
    float[][] vectors(Path graph) {
        float[][] vectors = runner.run(graph, tokenIds);
        for (int i = 0; i < vectors.length; i++) {
            double square = 0;
            for (float x : vectors[i]) {
                square += (double) x * x;
            }
            if (vectors[i].length != dimension || !(Math.abs(Math.sqrt(square) - 1) <= NORM_TOLERANCE)) {
                throw new ModelException(graph.getFileName() + ": the vector of built-in text " + (i + 1) + " has "
                        + vectors[i].length + " numbers and the norm " + Math.sqrt(square) + "; expected " + dimension
                        + " and 1: the weights are broken or of another kind; fetch them again");
            }
        }
        return vectors;
    }

    /** A model whose every text has one vector would call everything a duplicate. */
    static void refuseCollapsed(Path graph, float[][] vectors) {
        for (int i = 1; i < vectors.length; i++) {
            for (int d = 0; d < vectors[i].length; d++) {
                if (Math.abs(vectors[i][d] - vectors[0][d]) > COLLAPSED) {
                    return;
                }
            }
        }
        throw new ModelException(graph.getFileName() + ": gives all built-in texts the same vector; the weights are"
                + " broken, or the tokenizer belongs to another model");
    }

    /** Of unit vectors, number by number. */
    static float[] mean(float[][] vectors) {
        double[] sum = new double[vectors[0].length];
        for (float[] vector : vectors) {
            for (int d = 0; d < sum.length; d++) {
                sum[d] += vector[d];
            }
        }
        float[] mean = new float[sum.length];
        for (int d = 0; d < sum.length; d++) {
            mean[d] = (float) (sum[d] / vectors.length);
        }
        return mean;
    }
}
