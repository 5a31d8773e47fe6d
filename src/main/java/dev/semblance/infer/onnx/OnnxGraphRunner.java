package dev.semblance.infer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.batch.Pending;
import dev.semblance.infer.Backend;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.graph.GraphSpec;
import dev.semblance.model.imports.GraphRunner;
import dev.semblance.record.TokenizedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** On the caller's thread, with the session settings and the inputs that the engine has on a CPU. Thread: stateless. */
public final class OnnxGraphRunner implements GraphRunner {

    /** Of graphs of our own writer. */
    private static final OnnxBackend.Signature SIGNATURE = new OnnxBackend.Signature(
            Arrays.asList(GraphSpec.IDS, GraphSpec.MASK, null), false, GraphSpec.EMBEDDING);
    /** The caller has seen to it that ids are in the table. */
    private static final int UNKNOWN_VOCABULARY = -1;

    @Override
    public List<float[][]> run(Path graph, int padTokenId, List<Batch> batches) {
        PaddedInputs inputs = new PaddedInputs(SIGNATURE, padTokenId, UNKNOWN_VOCABULARY, limits(batches));
        OrtEnvironment environment = OnnxBackends.environment();
        try (SessionOptions options = new SessionOptions()) {
            OnnxBackends.single(options);
            try (OrtSession session = environment.createSession(graph.toString(), options)) {
                List<float[][]> vectors = new ArrayList<>();
                for (Batch batch : batches) {
                    vectors.add(run(environment, session, inputs, batch));
                }
                return vectors;
            }
        } catch (OrtException | Backend.Poison e) {
            throw new EngineStartException("cpu: ONNX Runtime cannot run " + graph + ": " + e.getMessage(), e);
        }
    }

    /** Names, types and shapes are resolved before an operator's code is looked for. */
    @Override
    public void requireValid(Path graph) {
        try (SessionOptions options = new SessionOptions()) {
            options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
            OnnxBackends.environment().createSession(graph.toString(), options).close();
        } catch (OrtException e) {
            if (e.getCode() != OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED) {
                throw new EngineStartException("ONNX Runtime refuses " + graph + ": " + e.getMessage(), e);
            }
        }
    }

    private static BatchLimits limits(List<Batch> batches) {
        int rows = 1;
        int longest = 1;
        int tokens = 1;
        for (Batch batch : batches) {
            rows = Math.max(rows, batch.texts().size());
            longest = Math.max(longest, batch.paddedLength());
            tokens = Math.max(tokens, Math.multiplyExact(batch.texts().size(), batch.paddedLength()));
        }
        return BatchLimits.padded(tokens, rows, 1, longest, 0, rows);
    }

    private static float[][] run(OrtEnvironment environment, OrtSession session, PaddedInputs inputs, Batch batch)
            throws OrtException, Backend.Poison {
        List<Pending<Batch>> rows = new ArrayList<>();
        for (int[] ids : batch.texts()) {
            rows.add(new Pending<>(batch, new TokenizedText(ids, false), 0, rows.size()));
        }
        Map<String, OnnxTensor> fed = inputs.tensors(environment, new MicroBatch<>(rows, batch.paddedLength()));
        try (OrtSession.Result result = session.run(fed, Set.of(GraphSpec.EMBEDDING))) {
            return (float[][]) result.get(0).getValue();
        } finally {
            GraphInputs.close(fed);
        }
    }
}
