package dev.semblance.model.imports;

import dev.semblance.model.ModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Vectors of the built-in texts, by one graph after the other: alone as the plainest way to run a graph, and in batches as
 * the engine forms them, of texts of one length and of one padded length.
 *
 * <p>
 * Thread: one owner.
 */
final class GraphVerifier {

    private static final double NORM_TOLERANCE = 1e-2;
    /** Two texts of any kind with vectors closer than this are not told apart. */
    private static final double COLLAPSED = 1e-6;
    private static final int UNPADDED = 1;
    /** What the engine pads to on CUDA; on a CPU it pads where {@code batch.length.bucket} says so. */
    private static final int BUCKET = 8;

    private final GraphRunner runner;
    private final List<int[]> tokenIds;
    private final Shape shape;

    /**
     * What vectors and batches of a model must look like.
     *
     * @param maxTokens longest text; nothing is padded beyond it
     */
    record Shape(int dimension, int padTokenId, int maxTokens) {}

    GraphVerifier(GraphRunner runner, List<int[]> tokenIds, Shape shape) {
        this.runner = runner;
        this.tokenIds = tokenIds;
        this.shape = shape;
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

    /** @return [texts × dimension], each text by itself, unit L2 norm, all finite */
    float[][] vectorsAlone(Path graph) {
        return run(graph, List.of(alone(UNPADDED))).getFirst();
    }

    /** @return all finite */
    GraphVectors vectors(Path graph) {
        List<float[][]> vectors = run(graph,
                List.of(alone(UNPADDED), together(UNPADDED), alone(BUCKET), together(BUCKET)));
        return new GraphVectors(vectors.get(0), vectors.get(1), vectors.get(2), vectors.get(3));
    }

    /** Indices of the texts in each batch: each alone. */
    private Grouping alone(int bucket) {
        return new Grouping(bucket, IntStream.range(0, tokenIds.size()).mapToObj(List::of).toList());
    }

    /** Indices of the texts in each batch: all of one padded length. */
    private Grouping together(int bucket) {
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        for (int i = 0; i < tokenIds.size(); i++) {
            byLength.computeIfAbsent(paddedLength(i, bucket), length -> new ArrayList<>()).add(i);
        }
        return new Grouping(bucket, List.copyOf(byLength.values()));
    }

    /** @param batches indices of the texts of each batch; every text is in one */
    private record Grouping(int bucket, List<List<Integer>> batches) {}

    private int paddedLength(int text, int bucket) {
        return Math.min(shape.maxTokens(), (tokenIds.get(text).length + bucket - 1) / bucket * bucket);
    }

    /** Opens the graph once. @return for each grouping [texts × dimension] */
    private List<float[][]> run(Path graph, List<Grouping> groupings) {
        List<GraphRunner.Batch> batches = new ArrayList<>();
        for (Grouping grouping : groupings) {
            for (List<Integer> texts : grouping.batches()) {
                batches.add(new GraphRunner.Batch(texts.stream().map(tokenIds::get).toList(),
                        paddedLength(texts.getFirst(), grouping.bucket())));
            }
        }
        Iterator<float[][]> results = runner.run(graph, shape.padTokenId(), batches).iterator();
        List<float[][]> all = new ArrayList<>();
        for (Grouping grouping : groupings) {
            float[][] vectors = new float[tokenIds.size()][];
            for (List<Integer> texts : grouping.batches()) {
                float[][] rows = results.next();
                for (int row = 0; row < rows.length; row++) {
                    vectors[texts.get(row)] = rows[row];
                }
            }
            requireUnit(graph, vectors);
            all.add(vectors);
        }
        return all;
    }

    private void requireUnit(Path graph, float[][] vectors) {
        for (int i = 0; i < vectors.length; i++) {
            double square = 0;
            for (float x : vectors[i]) {
                square += (double) x * x;
            }
            if (vectors[i].length != shape.dimension() || !(Math.abs(Math.sqrt(square) - 1) <= NORM_TOLERANCE)) {
                throw new ModelException(graph.getFileName() + ": the vector of built-in text " + (i + 1) + " has "
                        + vectors[i].length + " numbers and the norm " + Math.sqrt(square) + "; expected "
                        + shape.dimension() + " and 1: the weights are broken or of another kind; fetch them again");
            }
        }
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
