package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.graph.Calibration;
import dev.semblance.model.graph.GraphSpec;
import dev.semblance.model.imports.RangeRunner;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** On the CPU, on the caller's thread. Thread: stateless. */
public final class OnnxRanges implements RangeRunner {

    @Override
    public Map<String, float[]> ranges(Path graph, List<int[]> tokenIds) {
        OrtEnvironment environment = OnnxBackends.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OnnxBackends.single(options);
            try (OrtSession session = environment.createSession(graph.toString(), options)) {
                return ranges(environment, session, tokenIds);
            }
        } catch (OrtException e) {
            throw new EngineStartException(graph + ": ONNX Runtime cannot run it: " + e.getMessage(), e);
        }
    }

    private static Map<String, float[]> ranges(OrtEnvironment environment, OrtSession session, List<int[]> tokenIds)
            throws OrtException {
        Set<String> reports = new TreeSet<>(session.getOutputNames());
        reports.removeAll(Set.of(GraphSpec.EMBEDDING, GraphSpec.POOLED));
        Map<String, float[]> ranges = new HashMap<>();
        for (int[] ids : tokenIds) {
            int[] mask = new int[ids.length];
            Arrays.fill(mask, 1);
            long[] shape = {1, ids.length};
            try (OnnxTensor fedIds = OnnxTensor.createTensor(environment, IntBuffer.wrap(ids), shape);
                    OnnxTensor fedMask = OnnxTensor.createTensor(environment, IntBuffer.wrap(mask), shape);
                    OrtSession.Result result = session
                            .run(Map.of(GraphSpec.IDS, fedIds, GraphSpec.MASK, fedMask), reports)) {
                for (Map.Entry<String, OnnxValue> report : result) {
                    widen(ranges, report.getKey(), (float[]) report.getValue().getValue());
                }
            }
        }
        return ranges;
    }

    private static void widen(Map<String, float[]> ranges, String name, float... values) {
        float[] known = ranges.putIfAbsent(name, values);
        if (known != null) {
            boolean low = Calibration.reportsLow(name);
            for (int c = 0; c < known.length; c++) {
                known[c] = low ? Math.min(known[c], values[c]) : Math.max(known[c], values[c]);
            }
        }
    }
}
