package dev.semblance.model.graph;

import dev.semblance.model.graph.Architecture.Activation;
import dev.semblance.model.weights.OnnxInitialisers;
import dev.semblance.model.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** all-MiniLM-L6-v2 as it comes with langchain4j. */
final class EmbeddedModel {

    static final int FIRST = 101;
    static final int LAST = 102;
    static final int VOCABULARY = 30_522;

    private EmbeddedModel() {}

    static byte[] onnx() {
        try (InputStream in = EmbeddedModel.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static OnnxInitialisers weights(byte[] onnx) {
        return OnnxInitialisers.open(ByteBuffer.wrap(onnx), "all-minilm-l6-v2.onnx");
    }

    static Architecture architecture(Weights weights) {
        return WeightShapes.bert(weights, 12, 0, 1e-12f, Activation.GELU);
    }

    /** Made-up token ids, special ones at the ends; of every length from 3 to about 250, short ones more often. */
    static List<int[]> sentences(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<int[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] row = new int[3 + random.nextInt(random.nextInt(2, i % 20 == 0 ? 250 : 60))];
            for (int t = 1; t < row.length - 1; t++) {
                row[t] = random.nextInt(1_000, VOCABULARY);
            }
            row[0] = FIRST;
            row[row.length - 1] = LAST;
            rows.add(row);
        }
        return rows;
    }
}
