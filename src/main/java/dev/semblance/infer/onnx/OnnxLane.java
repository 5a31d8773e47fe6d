package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.infer.Backend;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.GraphFeed;
import dev.semblance.model.bundle.ModelVariant;
import java.nio.FloatBuffer;
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

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String outputName;
    private final GraphInputs inputs;
    private final GraphFeed feed;
    private final int dimension;
    private final VectorPooling pooling;

    /** [rows × padded length × dimension], or [rows × dimension] of graphs that pool themselves. */
    private final FloatBuffer output;

    /** [rows × dimension], handed out. */
    private final float[] vectors;

    OnnxLane(OrtEnvironment environment, OrtSession session, OnnxBackend.Signature signature, ModelVariant variant,
            BatchLimits limits) {
        this.environment = environment;
        this.session = session;
        this.outputName = signature.output();
        this.feed = variant.feed();
        this.dimension = variant.identity().dimension();
        this.inputs = switch (feed.layout()) {
            case PADDED -> new PaddedInputs(signature, feed.padTokenId(), variant.vocabularySize(), limits);
            case PACKED -> new PackedInputs(variant.vocabularySize(), limits);
        };
        this.pooling = new VectorPooling(feed.pooling(), dimension, feed.scaling());
        int tokens = limits.largestBatchTokens();
        int rows = Math.min(limits.maxRows(), tokens);
        int outputRows = feed.pooling() == Pooling.NONE ? rows : tokens;
        long outputBytes = (long) outputRows * dimension * Float.BYTES;
        if (outputBytes > Integer.MAX_VALUE) {
            throw new EngineStartException("batch.max.tokens=" + tokens + ": the output of such a batch has "
                    + outputBytes + " bytes; at most 2 GiB fit, lower it", null);
        }
        output = GraphInputs.direct((int) outputBytes).asFloatBuffer();
        vectors = new float[rows * dimension];
    }

    @Override
    public float[] run(MicroBatch<?> batch) throws Backend.Failure {
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

    private void execute(MicroBatch<?> batch) throws OrtException, Backend.Poison {
        long[] shape = feed.pooling() == Pooling.NONE
                ? new long[]{batch.size(), dimension}
                : new long[]{batch.size(), batch.paddedLength(), dimension};
        int length = 1;
        for (long part : shape) {
            length *= (int) part;
        }
        Map<String, OnnxTensor> fed = inputs.tensors(environment, batch);
        try (OnnxTensor out = OnnxTensor.createTensor(environment, output.slice(0, length), shape)) {
            session.run(fed, Map.of(outputName, out)).close();
        } finally {
            GraphInputs.close(fed);
        }
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
