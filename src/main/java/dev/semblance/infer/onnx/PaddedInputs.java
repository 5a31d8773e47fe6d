package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.infer.Backend;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Ids, mask and types, [rows × padded length] each, int64 or int32. Thread: one owner. */
final class PaddedInputs implements GraphInputs {

    private static final int IDS = 0;
    private static final int MASK = 1;
    private static final int INPUTS = 3;

    private final OnnxBackend.Signature signature;
    private final int padTokenId;
    private final int vocabularySize;
    private final ByteBuffer[] buffers = new ByteBuffer[INPUTS];

    PaddedInputs(OnnxBackend.Signature signature, int padTokenId, int vocabularySize, BatchLimits limits) {
        this.signature = signature;
        this.padTokenId = padTokenId;
        this.vocabularySize = vocabularySize;
        for (int i = 0; i < INPUTS; i++) {
            // Types stay zero: every text is a single one.
            buffers[i] = GraphInputs.direct(Math.multiplyExact(limits.largestBatchTokens(), Long.BYTES));
        }
    }

    @Override
    public Map<String, OnnxTensor> tensors(OrtEnvironment environment, MicroBatch<?> batch)
            throws OrtException, Backend.Poison {
        fill(batch);
        long[] shape = {batch.size(), batch.paddedLength()};
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (int i = 0; i < INPUTS; i++) {
                if (signature.inputs().get(i) != null) {
                    tensors.put(signature.inputs().get(i), tensor(environment, buffers[i], batch.tokens(), shape));
                }
            }
        } catch (OrtException | RuntimeException e) {
            GraphInputs.close(tensors);
            throw e;
        }
        return tensors;
    }

    private void fill(MicroBatch<?> batch) throws Backend.Poison {
        int padded = batch.paddedLength();
        for (int row = 0; row < batch.size(); row++) {
            int[] ids = batch.ids(row);
            for (int i = 0; i < padded; i++) {
                boolean real = i < ids.length;
                int at = row * padded + i;
                put(buffers[IDS], at, real ? GraphInputs.checked(ids[i], vocabularySize) : padTokenId);
                put(buffers[MASK], at, real ? 1 : 0);
            }
        }
    }

    private void put(ByteBuffer buffer, int index, int value) {
        if (signature.wide()) {
            buffer.putLong(index * Long.BYTES, value);
        } else {
            buffer.putInt(index * Integer.BYTES, value);
        }
    }

    private OnnxTensor tensor(OrtEnvironment environment, ByteBuffer buffer, int length, long[] shape)
            throws OrtException {
        return signature.wide()
                ? OnnxTensor.createTensor(environment, buffer.asLongBuffer().slice(0, length), shape)
                : OnnxTensor.createTensor(environment, buffer.asIntBuffer().slice(0, length), shape);
    }
}
