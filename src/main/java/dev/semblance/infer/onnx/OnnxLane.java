package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.infer.Backend;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.Manifest;
import dev.semblance.model.ModelBundle;
import dev.semblance.model.Pooling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Runs batches with buffers of its own: tokens go in and vectors come out through direct memory that is taken once and
 * handed to ONNX Runtime without a copy.
 *
 * <p>
 * Thread: one owner.
 */
final class OnnxLane implements Backend.Lane {

    private static final int INPUTS = 3;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OnnxBackend.Signature signature;
    private final Manifest manifest;
    private final int vocabularySize;
    private final VectorPooling pooling;

    /** Ids, mask and types: [rows × padded length], int64 or int32. */
    private final ByteBuffer[] inputs = new ByteBuffer[INPUTS];

    /** [rows × padded length × dimension], or [rows × dimension] of models that pool themselves. */
    private final FloatBuffer output;

    /** [rows × dimension], handed out. */
    private final float[] vectors;

    OnnxLane(OrtEnvironment environment, OrtSession session, OnnxBackend.Signature signature, ModelBundle bundle,
            BatchLimits limits) {
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        this.manifest = bundle.manifest();
        this.vocabularySize = bundle.vocabularySize();
        this.pooling = new VectorPooling(manifest.pooling(), manifest.dimension(), manifest.normalised());
        int tokens = limits.largestBatchTokens();
        for (int i = 0; i < INPUTS; i++) {
            // Types stay zero: every text is a single one.
            inputs[i] = direct(Math.multiplyExact(tokens, Long.BYTES));
        }
        int rows = Math.min(limits.maxRows(), tokens);
        int outputRows = manifest.pooling() == Pooling.NONE ? rows : tokens;
        long outputBytes = (long) outputRows * manifest.dimension() * Float.BYTES;
        if (outputBytes > Integer.MAX_VALUE) {
            throw new EngineStartException("batch.max.tokens=" + tokens + ": the output of such a batch has "
                    + outputBytes + " bytes; at most 2 GiB fit, lower it", null);
        }
        output = direct((int) outputBytes).asFloatBuffer();
        vectors = new float[rows * manifest.dimension()];
    }

    private static ByteBuffer direct(int sizeBytes) {
        return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public float[] run(MicroBatch<?> batch) throws Backend.Failure {
        fill(batch);
        try {
            execute(batch);
        } catch (OrtException e) {
            throw failure(e);
        }
        for (int row = 0; row < batch.size(); row++) {
            if (!pooling.pool(output, row, batch.ids(row).length, batch.paddedLength(), vectors)) {
                throw new Backend.Poison("its vector is not finite or has no length", null);
            }
        }
        return vectors;
    }

    private void fill(MicroBatch<?> batch) throws Backend.Poison {
        boolean wide = signature.wide();
        int padded = batch.paddedLength();
        for (int row = 0; row < batch.size(); row++) {
            int[] ids = batch.ids(row);
            for (int i = 0; i < padded; i++) {
                boolean real = i < ids.length;
                if (real && (ids[i] < 0 || (vocabularySize >= 0 && ids[i] >= vocabularySize))) {
                    throw new Backend.Poison("it has token id " + ids[i] + "; the model knows 0 to "
                            + (vocabularySize - 1) + ", so its tokenizer does not match", null);
                }
                int at = row * padded + i;
                put(inputs[0], wide, at, real ? ids[i] : manifest.padTokenId());
                put(inputs[1], wide, at, real ? 1 : 0);
            }
        }
    }

    private static void put(ByteBuffer buffer, boolean wide, int index, int value) {
        if (wide) {
            buffer.putLong(index * Long.BYTES, value);
        } else {
            buffer.putInt(index * Integer.BYTES, value);
        }
    }

    private void execute(MicroBatch<?> batch) throws OrtException {
        long[] shape = {batch.size(), batch.paddedLength()};
        long[] outputShape = manifest.pooling() == Pooling.NONE
                ? new long[]{batch.size(), manifest.dimension()}
                : new long[]{batch.size(), batch.paddedLength(), manifest.dimension()};
        int outputLength = 1;
        for (long length : outputShape) {
            outputLength *= (int) length;
        }
        Map<String, OnnxTensor> fed = new HashMap<>();
        try (OnnxTensor out = OnnxTensor.createTensor(environment, output.slice(0, outputLength), outputShape)) {
            for (int i = 0; i < INPUTS; i++) {
                if (signature.inputs().get(i) != null) {
                    fed.put(signature.inputs().get(i), tensor(inputs[i], batch.tokens(), shape));
                }
            }
            session.run(fed, Map.of(signature.output(), out)).close();
        } finally {
            fed.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(ByteBuffer buffer, int length, long[] shape) throws OrtException {
        return signature.wide()
                ? OnnxTensor.createTensor(environment, buffer.asLongBuffer().slice(0, length), shape)
                : OnnxTensor.createTensor(environment, buffer.asIntBuffer().slice(0, length), shape);
    }

    /** ONNX Runtime tells a lost device from a text it dislikes by its words only. */
    private static Backend.Failure failure(OrtException e) {
        String message = e.getMessage() == null ? "" : e.getMessage().toLowerCase(Locale.ROOT);
        if (message.contains("out of memory") || message.contains("failed to allocate memory")) {
            return new Backend.Transient("too little memory: " + e.getMessage(), e);
        }
        if (e.getCode() == OrtException.OrtErrorCode.ORT_DEVICE_RESET || message.contains("cuda failure")
                || message.contains("cuda error") || message.contains("cublas failure")
                || message.contains("cublas error")) {
            return new Backend.DeviceLost(e.getMessage(), e);
        }
        return new Backend.Poison(e.getMessage(), e);
    }

    @Override
    public void close() {
        // Direct memory is freed with the lane itself.
    }
}
