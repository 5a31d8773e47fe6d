package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.graph.GraphSpec;
import dev.semblance.model.imports.GraphRunner;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One thread, one text a run, no padding: the plainest way to run a graph. Thread: stateless. */
public final class OnnxGraphRunner implements GraphRunner {

    @Override
    public float[][] run(Path graph, List<int[]> tokenIds) {
        OrtEnvironment environment = OnnxBackends.environment();
        try (SessionOptions options = new SessionOptions()) {
            OnnxBackends.single(options);
            try (OrtSession session = environment.createSession(graph.toString(), options)) {
                float[][] vectors = new float[tokenIds.size()][];
                for (int i = 0; i < vectors.length; i++) {
                    vectors[i] = run(environment, session, tokenIds.get(i));
                }
                return vectors;
            }
        } catch (OrtException e) {
            throw new EngineStartException("cpu: ONNX Runtime cannot run " + graph + ": " + e.getMessage(), e);
        }
    }

    private static float[] run(OrtEnvironment environment, OrtSession session, int[] ids) throws OrtException {
        long[] shape = {1, ids.length};
        int[] ones = new int[ids.length];
        Arrays.fill(ones, 1);
        try (OnnxTensor tokens = OnnxTensor.createTensor(environment, IntBuffer.wrap(ids), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, IntBuffer.wrap(ones), shape);
                OrtSession.Result result = session.run(Map.of(GraphSpec.IDS, tokens, GraphSpec.MASK, mask),
                        Set.of(GraphSpec.EMBEDDING))) {
            return ((float[][]) result.get(0).getValue())[0];
        }
    }
}
