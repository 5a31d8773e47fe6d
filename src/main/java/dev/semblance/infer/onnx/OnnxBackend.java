package dev.semblance.infer.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.semblance.batch.BatchLimits;
import dev.semblance.infer.Backend;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.GraphFeed;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelVariant;
import dev.semblance.model.bundle.OnnxSource;
import dev.semblance.model.graph.GraphSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One session on one device, shared by its lanes. Thread: immutable, and ONNX Runtime's sessions are thread-safe. */
final class OnnxBackend implements Backend {

    private final String device;
    private final OrtEnvironment environment;
    private final OrtSession.SessionOptions options;
    private final OrtSession session;
    private final ModelVariant variant;
    private final BatchLimits limits;
    private final Signature signature;

    /**
     * What the graph takes and gives.
     *
     * @param inputs names to feed, in the order ids, mask, types; a missing one is null
     * @param wide   whether ids are int64 rather than int32
     */
    record Signature(List<String> inputs, boolean wide, String output) {}

    /** @param options taken over; must live as long as the session */
    OnnxBackend(String device, OrtEnvironment environment, OrtSession.SessionOptions options, ModelVariant variant,
            BatchLimits limits) throws OrtException {
        this.device = device;
        this.environment = environment;
        this.options = options;
        this.variant = variant;
        this.limits = limits;
        this.session = session(environment, options, variant);
        try {
            this.signature = signature(session, variant);
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static OrtSession session(OrtEnvironment environment, OrtSession.SessionOptions options,
            ModelVariant variant)
            throws OrtException {
        return switch (variant.onnx()) {
            case OnnxSource.OfFile file -> environment.createSession(file.path().toString(), options);
            case OnnxSource.Written written -> environment.createSession(written.bytes(), options);
        };
    }

    private static Signature signature(OrtSession session, ModelVariant variant) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        GraphFeed feed = variant.feed();
        Manifest.Inputs names = feed.inputs();
        Set<String> fed = feed.layout() == Manifest.Layout.PACKED
                ? Set.of(GraphSpec.IDS, GraphSpec.POSITIONS, GraphSpec.TOKEN_OFFSET, GraphSpec.CUMULATIVE_LENGTHS)
                : Set.of(names.ids(), names.mask(), names.types());
        for (String name : inputs.keySet()) {
            if (!fed.contains(name)) {
                throw new EngineStartException("The graph of " + variant.identity().id() + " has an input " + name
                        + " that is not fed; known are " + fed
                        + ": name it under inputs in the manifest, or export the model without it", null);
            }
        }
        OnnxJavaType type = ((TensorInfo) inputs.get(names.ids()).getInfo()).type;
        for (NodeInfo input : inputs.values()) {
            OnnxJavaType other = ((TensorInfo) input.getInfo()).type;
            if (other != type || (type != OnnxJavaType.INT64 && type != OnnxJavaType.INT32)) {
                throw new EngineStartException(
                        "The graph of " + variant.identity().id() + " takes " + input.getName() + " as "
                                + other + "; all inputs must be INT64, or all INT32",
                        null);
            }
        }
        String output = feed.output() == null ? session.getOutputNames().iterator().next() : feed.output();
        checkOutput(variant, (TensorInfo) session.getOutputInfo().get(output).getInfo());
        List<String> present = Arrays.asList(names.ids(), inputs.containsKey(names.mask()) ? names.mask() : null,
                inputs.containsKey(names.types()) ? names.types() : null);
        return new Signature(present, type == OnnxJavaType.INT64, output);
    }

    private static void checkOutput(ModelVariant variant, TensorInfo output) {
        long[] shape = output.getShape();
        if (output.type != OnnxJavaType.FLOAT) {
            throw new EngineStartException("The graph of " + variant.identity().id() + " gives " + output.type
                    + "; export it with an output of 32-bit floats, whatever its weights are", null);
        }
        if (shape.length != (variant.feed().pooling() == Pooling.NONE ? 2 : 3)
                || (shape[shape.length - 1] > 0 && shape[shape.length - 1] != variant.identity().dimension())) {
            throw new EngineStartException(
                    "The graph of " + variant.identity().id() + " gives " + Arrays.toString(shape)
                            + ", but its manifest says pooling " + variant.identity().pooling() + " and dimension "
                            + variant.identity().dimension(),
                    null);
        }
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public int dimension() {
        return variant.identity().dimension();
    }

    @Override
    public Lane newLane() {
        return new OnnxLane(environment, session, signature, variant, limits);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(device + ": ONNX Runtime cannot close its session", e);
        }
        options.close();
    }
}
