package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.infer.Backend;
import dev.semblance.model.graph.GraphSpec;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Texts end to end: ids and positions [tokens], the place of each token in a padded matrix [rows × longest], real tokens
 * first, and where each text begins [rows + 1]; all int32. That is what ONNX Runtime's PackedMultiHeadAttention takes
 * (ContribOperators of ONNX Runtime).
 *
 * <p>
 * Thread: one owner.
 */
final class PackedInputs implements GraphInputs {

    private final int vocabularySize;
    private final IntBuffer ids;
    private final IntBuffer positions;
    private final IntBuffer tokenOffset;
    private final IntBuffer cumulativeLengths;

    PackedInputs(int vocabularySize, BatchLimits limits) {
        this.vocabularySize = vocabularySize;
        int tokens = limits.largestBatchTokens();
        int rows = Math.min(limits.maxRows(), tokens);
        ids = ints(tokens);
        positions = ints(tokens);
        tokenOffset = ints(Math.multiplyExact(rows, limits.maxTextTokens()));
        cumulativeLengths = ints(rows + 1);
    }

    private static IntBuffer ints(int count) {
        return GraphInputs.direct(Math.multiplyExact(count, Integer.BYTES)).asIntBuffer();
    }

    @Override
    public Map<String, OnnxTensor> tensors(OrtEnvironment environment, MicroBatch<?> batch)
            throws OrtException, Backend.Poison {
        int tokens = fill(batch);
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            tensors.put(GraphSpec.IDS, tensor(environment, ids, tokens));
            tensors.put(GraphSpec.POSITIONS, tensor(environment, positions, tokens));
            tensors.put(GraphSpec.TOKEN_OFFSET,
                    tensor(environment, tokenOffset, batch.size(), batch.paddedLength()));
            tensors.put(GraphSpec.CUMULATIVE_LENGTHS, tensor(environment, cumulativeLengths, batch.size() + 1));
        } catch (OrtException | RuntimeException e) {
            GraphInputs.close(tensors);
            throw e;
        }
        return tensors;
    }

    /** @return tokens of all texts */
    private int fill(MicroBatch<?> batch) throws Backend.Poison {
        int longest = batch.paddedLength();
        int tokens = 0;
        for (int row = 0; row < batch.size(); row++) {
            cumulativeLengths.put(row, tokens);
            int[] text = batch.ids(row);
            for (int i = 0; i < text.length; i++) {
                ids.put(tokens, GraphInputs.checked(text[i], vocabularySize));
                positions.put(tokens, i);
                tokenOffset.put(tokens, row * longest + i);
                tokens++;
            }
        }
        cumulativeLengths.put(batch.size(), tokens);
        int padding = tokens;
        for (int row = 0; row < batch.size(); row++) {
            for (int i = batch.ids(row).length; i < longest; i++) {
                tokenOffset.put(padding++, row * longest + i);
            }
        }
        return tokens;
    }

    private static OnnxTensor tensor(OrtEnvironment environment, IntBuffer buffer, int... shape) throws OrtException {
        long[] lengths = new long[shape.length];
        int count = 1;
        for (int i = 0; i < shape.length; i++) {
            lengths[i] = shape[i];
            count *= shape[i];
        }
        return OnnxTensor.createTensor(environment, buffer.slice(0, count), lengths);
    }
}
