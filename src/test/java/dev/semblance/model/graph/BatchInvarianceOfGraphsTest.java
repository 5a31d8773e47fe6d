package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.model.Pooling;
import dev.semblance.model.weights.OnnxInitialisers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On one thread, rows of one length: a text's vector is the same bytes in whatever batch, at whatever place. */
class BatchInvarianceOfGraphsTest {

    private static final long SEED = 23;
    private static final int[] LENGTHS = {1, 2, 3, 5, 7, 8, 12, 16, 17, 23, 32, 33, 61, 128};
    private static final int[] BATCHES = {2, 3, 5, 8, 13, 21};

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = {"MEAN", "CLS"})
    void sameBytes(Pooling pooling) {
        SplittableRandom random = new SplittableRandom(SEED);
        try (OnnxInitialisers weights = EmbeddedModel.weights(EmbeddedModel.onnx());
                GraphSession graph = new GraphSession(GraphWriter.bytes(EmbeddedModel.architecture(weights), weights,
                        new GraphSpec(GraphStyle.FUSED, Precision.FP32, pooling)))) {
            for (int length : LENGTHS) {
                int[] text = random.ints(length, 0, EmbeddedModel.VOCABULARY).toArray();
                float[] alone = graph.run(GraphSpec.EMBEDDING, List.of(text))[0];
                for (int rows : BATCHES) {
                    if (rows * length <= 384) {
                        int place = random.nextInt(rows);
                        List<int[]> batch = new ArrayList<>();
                        for (int r = 0; r < rows; r++) {
                            batch.add(r == place ? text : random.ints(length, 0, EmbeddedModel.VOCABULARY).toArray());
                        }
                        assertThat(Arrays.equals(graph.run(GraphSpec.EMBEDDING, batch)[place], alone))
                                .as("%d tokens, place %d of %d, seed %d", length, place, rows, SEED).isTrue();
                    }
                }
            }
        }
    }
}
