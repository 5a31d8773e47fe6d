package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.semblance.infer.EngineStartException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * The rate at which ONNX Runtime multiplies matrices on this CPU at its best: one product after the other, of a shape
 * that stays in the cache, with nothing around it. What a model can reach of the machine through this runtime. For int8
 * it is the only limit there is, since Java's Vector API knows no dot product of bytes.
 *
 * <p>Thread: safe; each {@link Lane} belongs to one thread, and runs on that thread alone.
 */
public final class GemmPeak implements AutoCloseable {

    /** Number format of the factors. */
    public enum Format {
        FP32,
        /** Unsigned by signed bytes, summed up in 32-bit integers. */
        INT8
    }

    private static final int M = 256;
    private static final int K = 512;
    private static final int N = 512;

    private final Format format;
    private final OrtEnvironment environment = OnnxBackends.environment();
    private final OrtSession.SessionOptions options;
    private final OrtSession session;

    /** @throws EngineStartException if ONNX Runtime cannot be loaded or refuses the graph */
    public GemmPeak(Format format) {
        this.format = format;
        this.options = new OrtSession.SessionOptions();
        try {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            byte[] graph = format == Format.FP32 ? GemmGraph.fp32(M, K, N) : GemmGraph.int8(M, K, N);
            this.session = environment.createSession(graph, options);
        } catch (OrtException e) {
            options.close();
            throw new EngineStartException("cpu: ONNX Runtime refuses a graph of one matrix product (" + format + "): "
                    + e.getMessage(), e);
        }
    }

    /** Operations of one product; a multiplication and an addition count as two. */
    static long operations() {
        return 2L * M * K * N;
    }

    public Lane newLane() {
        return new Lane();
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close the session of a matrix product", e);
        }
        options.close();
    }

    private static ByteBuffer direct(int sizeBytes) {
        return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
    }

    /** One thread's buffers. */
    public final class Lane {

        private final ByteBuffer a = direct(M * K * (format == Format.FP32 ? Float.BYTES : 1));
        private final ByteBuffer y = direct(M * N * Integer.BYTES);

        private Lane() {
            for (int i = 0; i < M * K; i++) {
                if (format == Format.FP32) {
                    a.putFloat(i * Float.BYTES, (i % 17 - 8) / 8f);
                } else {
                    a.put(i, (byte) (i * 31));
                }
            }
        }

        /** Multiplies until {@code System.nanoTime()} has passed {@code untilNs}. @return operations done */
        public long run(long untilNs) {
            long done = 0;
            try (OnnxTensor in = input(); OnnxTensor out = output()) {
                do {
                    session.run(Map.of(GemmGraph.A, in), Map.of(GemmGraph.Y, out)).close();
                    done += operations();
                } while (System.nanoTime() - untilNs < 0);
            } catch (OrtException e) {
                throw new IllegalStateException("a matrix product (" + format + ") fails: " + e.getMessage(), e);
            }
            return done;
        }

        private OnnxTensor input() throws OrtException {
            long[] shape = {M, K};
            return format == Format.FP32
                    ? OnnxTensor.createTensor(environment, a.asFloatBuffer(), shape)
                    : OnnxTensor.createTensor(environment, a, shape, OnnxJavaType.UINT8);
        }

        private OnnxTensor output() throws OrtException {
            long[] shape = {M, N};
            return format == Format.FP32
                    ? OnnxTensor.createTensor(environment, y.asFloatBuffer(), shape)
                    : OnnxTensor.createTensor(environment, y.asIntBuffer(), shape);
        }

        /** One element of the last product, as a test checks it. */
        double element(int row, int column) {
            int at = (row * N + column) * Integer.BYTES;
            return format == Format.FP32 ? y.getFloat(at) : y.getInt(at);
        }

        /** One element of the factor on the left, zero point taken off. */
        double left(int row, int column) {
            int at = row * K + column;
            return format == Format.FP32 ? a.getFloat(at * Float.BYTES) : (a.get(at) & 0xff) - 128;
        }
    }
}
