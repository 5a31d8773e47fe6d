package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.semblance.batch.MicroBatch;
import dev.semblance.infer.Backend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Token ids of a batch as the tensors that a graph takes, in direct memory that is taken once and handed to ONNX Runtime
 * without a copy.
 *
 * <p>
 * Thread: one owner.
 */
interface GraphInputs {

    /**
     * Writes a batch and wraps it.
     *
     * @return by name of the input; the caller closes them before the next call
     * @throws Backend.Poison if a token id is not in the model's table
     */
    Map<String, OnnxTensor> tensors(OrtEnvironment environment, MicroBatch<?> batch)
            throws OrtException, Backend.Poison;

    static ByteBuffer direct(int sizeBytes) {
        return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
    }

    /** CUDA may not check ids, and a CPU names neither text nor id. */
    static int checked(int id, int vocabularySize) throws Backend.Poison {
        if (id < 0 || (vocabularySize >= 0 && id >= vocabularySize)) {
            throw new Backend.Poison("it has token id " + id + "; the model knows 0 to " + (vocabularySize - 1)
                    + ", so its tokenizer does not match", null);
        }
        return id;
    }

    static void close(Map<String, OnnxTensor> tensors) {
        tensors.values().forEach(OnnxTensor::close);
    }
}
