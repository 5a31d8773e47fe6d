package dev.semblance.model.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Runs a graph in ONNX Runtime on one thread. Thread: one owner. */
final class GraphSession implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;

    GraphSession(byte[] onnx) {
        this(onnx, Map.of());
    }

    /** @param settings of the session */
    GraphSession(byte[] onnx, Map<String, String> settings) {
        try {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                options.addConfigEntry(setting.getKey(), setting.getValue());
            }
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(onnx, options);
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the graph", e);
        }
    }

    GraphSession(java.nio.file.Path onnx) {
        try {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(onnx.toString(), options);
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the graph", e);
        }
    }

    /** Rows padded with zeros to the longest; [rows × hidden]. */
    float[][] run(String output, List<int[]> rows) {
        int longest = rows.stream().mapToInt(r -> r.length).max().orElseThrow();
        return run(output, rows, longest);
    }

    float[][] run(String output, List<int[]> rows, int paddedLength) {
        long[] shape = {rows.size(), paddedLength};
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, IntBuffer.wrap(padded(rows, paddedLength)), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, IntBuffer.wrap(mask(rows, paddedLength)),
                        shape);
                OrtSession.Result result = session.run(Map.of(GraphSpec.IDS, ids, GraphSpec.MASK, mask))) {
            return (float[][]) result.get(output).orElseThrow().getValue();
        } catch (OrtException e) {
            throw new AssertionError("the graph does not run on rows of " + paddedLength, e);
        }
    }

    /** Graphs as exported from PyTorch: int64 inputs, all token vectors out: [rows × tokens × hidden]. */
    float[][][] runExported(List<int[]> rows) {
        int longest = rows.stream().mapToInt(r -> r.length).max().orElseThrow();
        long[] shape = {rows.size(), longest};
        try (OnnxTensor ids = wide(padded(rows, longest), shape);
                OnnxTensor mask = wide(mask(rows, longest), shape);
                OnnxTensor types = wide(new int[rows.size() * longest], shape);
                OrtSession.Result result = session
                        .run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            return (float[][][]) result.get("last_hidden_state").orElseThrow().getValue();
        } catch (OrtException e) {
            throw new AssertionError("the exported graph does not run", e);
        }
    }

    private OnnxTensor wide(int[] values, long[] shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(Arrays.stream(values).asLongStream().toArray()),
                shape);
    }

    private static int[] padded(List<int[]> rows, int length) {
        int[] all = new int[rows.size() * length];
        for (int r = 0; r < rows.size(); r++) {
            System.arraycopy(rows.get(r), 0, all, r * length, rows.get(r).length);
        }
        return all;
    }

    private static int[] mask(List<int[]> rows, int length) {
        int[] all = new int[rows.size() * length];
        for (int r = 0; r < rows.size(); r++) {
            Arrays.fill(all, r * length, r * length + rows.get(r).length, 1);
        }
        return all;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError("the session cannot be closed", e);
        }
        options.close();
    }
}
