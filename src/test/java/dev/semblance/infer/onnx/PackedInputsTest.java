package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.batch.Pending;
import dev.semblance.infer.Backend;
import dev.semblance.model.graph.GraphSpec;
import dev.semblance.record.TokenizedText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PackedInputsTest {

    private static final BatchLimits LIMITS = BatchLimits.packed(64, 8, 16, 0, 10);

    private static MicroBatch<String> batch(int[]... texts) {
        List<Pending<String>> rows = Arrays.stream(texts)
                .map(ids -> new Pending<>("", new TokenizedText(ids, false), 0, 0)).toList();
        return new MicroBatch<>(rows, Arrays.stream(texts).mapToInt(t -> t.length).max().orElseThrow());
    }

    private static int[] values(OnnxTensor tensor) {
        int[] values = new int[tensor.getIntBuffer().remaining()];
        tensor.getIntBuffer().get(values);
        return values;
    }

    /** The layout of the example in ONNX Runtime's documentation of RemovePadding: real tokens first, then padding. */
    @Test
    void textsLieEndToEnd() throws Exception {
        PackedInputs inputs = new PackedInputs(100, LIMITS);
        // A longer batch before: nothing of it may show.
        GraphInputs.close(inputs.tensors(OrtEnvironment.getEnvironment(), batch(new int[16], new int[16])));
        Map<String, OnnxTensor> tensors = inputs.tensors(OrtEnvironment.getEnvironment(),
                batch(new int[]{11, 12}, new int[]{21, 22, 23, 24}, new int[]{31}));
        try {
            assertThat(values(tensors.get(GraphSpec.IDS))).containsExactly(11, 12, 21, 22, 23, 24, 31);
            assertThat(values(tensors.get(GraphSpec.POSITIONS))).containsExactly(0, 1, 0, 1, 2, 3, 0);
            assertThat(values(tensors.get(GraphSpec.CUMULATIVE_LENGTHS))).containsExactly(0, 2, 6, 7);
            assertThat(values(tensors.get(GraphSpec.TOKEN_OFFSET))).containsExactly(0, 1, 4, 5, 6, 7, 8, 2, 3, 9, 10,
                    11);
            assertThat(tensors.get(GraphSpec.TOKEN_OFFSET).getInfo().getShape()).containsExactly(3, 4);
            assertThat(tensors).hasSize(4);
        } finally {
            GraphInputs.close(tensors);
        }
    }

    @Test
    void idsThatTheModelDoesNotKnowArePoison() {
        PackedInputs inputs = new PackedInputs(100, LIMITS);
        for (int id : new int[]{-1, 100}) {
            assertThatThrownBy(() -> inputs.tensors(OrtEnvironment.getEnvironment(), batch(new int[]{1, id})))
                    .isInstanceOf(Backend.Poison.class).hasMessageContaining("token id " + id);
        }
    }
}
