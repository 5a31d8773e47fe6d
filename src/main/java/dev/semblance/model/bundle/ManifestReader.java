package dev.semblance.model.bundle;

import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.semblance.model.bundle.Manifest.Graph;
import dev.semblance.model.bundle.Manifest.Inputs;
import dev.semblance.model.bundle.Manifest.Layout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads {@code manifest.json}, of which there are two forms: one that {@code model import} writes, with a list of
 * variants, and one that people write for a single graph exported by other tools.
 */
final class ManifestReader {

    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final List<String> COMMON = List.of("id", "dimension", "pooling", "normalised", "max_tokens",
            "preprocessing", "pad_token_id");
    private static final List<String> EXPORTED = List.of("revision", "precision", "deterministic", "inputs", "output");
    private static final List<String> IMPORTED = List.of("family", "source", "mean", "variants");
    private static final List<String> INPUTS = List.of("ids", "mask", "types");
    private static final List<String> VARIANT = List.of("name", "file", "precision", "style", "deterministic",
            "sha256", "data_sha256", "cosine");
    private static final List<String> SOURCE = List.of("repository", "folder", "revision", "files");

    private final ManifestNode root;

    private ManifestReader(ManifestNode root) {
        this.root = root;
    }

    /** @param file named in errors */
    static Manifest read(String file, String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelException(file + ": is no valid JSON: " + e.getOriginalMessage() + " at line "
                    + e.getLocation().getLineNr() + "; docs/MODELS.md shows a manifest", e);
        }
        if (root == null || !root.isObject()) {
            throw new ModelException(file + ": must hold one JSON object; docs/MODELS.md shows a manifest");
        }
        return new ManifestReader(new ManifestNode(file, "", root)).manifest();
    }

    private Manifest manifest() {
        boolean imported = root.has("variants");
        root.onlyKnown(Stream.concat(COMMON.stream(), (imported ? IMPORTED : EXPORTED).stream()).toList());
        int dimension = root.integer("dimension", 1, 65_536);
        return new Manifest(root.text("id"), imported ? null : root.sha256("revision"), dimension,
                Pooling.valueOf(root.oneOf("pooling", "mean", "cls", "none").toUpperCase(Locale.ROOT)),
                root.bool("normalised"), root.integer("max_tokens", Manifest.MIN_TOKENS, 8192),
                root.has("preprocessing") ? root.oneOf("preprocessing", "none", "tweet-eval", "bertweet") : "none",
                root.has("pad_token_id") ? root.integer("pad_token_id", 0, Integer.MAX_VALUE) : 0, mean(dimension),
                source(), imported ? variants() : List.of(exported()));
    }

    private Graph exported() {
        return new Graph(Graph.EXPORTED, ModelFolder.ONNX, root.oneOf("precision", "fp32", "fp16", "int8"),
                root.bool("deterministic"), Layout.PADDED, inputs(), root.textOr("output", null), false, null, null);
    }

    private Inputs inputs() {
        Inputs usual = Inputs.USUAL;
        if (!root.has("inputs")) {
            return usual;
        }
        ManifestNode node = root.object("inputs", "expected an object with ids, mask and types");
        node.onlyKnown(INPUTS);
        Inputs inputs = new Inputs(node.textOr("ids", usual.ids()), node.textOr("mask", usual.mask()),
                node.textOr("types", usual.types()));
        if (inputs.mask().equals(inputs.ids()) || inputs.types().equals(inputs.ids())
                || inputs.types().equals(inputs.mask())) {
            throw root.fault("inputs", "ids, mask and types must be three names; leave out those that the graph lacks");
        }
        return inputs;
    }

    private List<Graph> variants() {
        JsonNode all = root.node().get("variants");
        if (!all.isArray() || all.isEmpty()) {
            throw root.fault("variants", "expected an array of at least one object");
        }
        List<Graph> graphs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            ManifestNode node = new ManifestNode(root.file(), "variants[" + i + "].", all.get(i));
            node.onlyKnown(VARIANT);
            String name = node.text("name");
            String file = node.text("file");
            if (!names.add(name)) {
                throw node.fault("name", "another variant has that name");
            }
            if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                throw node.fault("file", "expected the name of a file in the same folder");
            }
            Layout layout = node.oneOf("style", "plain", "fused", "packed").equals("packed")
                    ? Layout.PACKED
                    : Layout.PADDED;
            Graph written = Graph.written(name, node.oneOf("precision", "fp32", "fp16", "int8"),
                    node.bool("deterministic"), layout, node.sha256("sha256"), node.sha256("data_sha256"));
            graphs.add(written.in(file));
        }
        return graphs;
    }

    private List<Float> mean(int dimension) {
        JsonNode mean = root.node().get("mean");
        if (mean == null) {
            return List.of();
        }
        List<Float> values = new ArrayList<>();
        for (JsonNode value : mean) {
            if (!value.isNumber() || !(Math.abs(value.asDouble()) <= 1)) {
                throw new ModelException(root.file() + ": mean has " + value + "; expected numbers from -1 to 1");
            }
            values.add((float) value.asDouble());
        }
        if (!mean.isArray() || values.size() != dimension) {
            throw new ModelException(root.file() + ": mean has " + values.size() + " numbers; expected an array of "
                    + dimension + ", the dimension, or leave it out");
        }
        return values;
    }

    private String source() {
        if (!root.has("source")) {
            return "";
        }
        ManifestNode node = root.object("source", "expected an object with repository or folder");
        node.onlyKnown(SOURCE);
        String place = node.has("repository") ? node.text("repository") : node.text("folder");
        return node.has("revision") ? place + "@" + node.text("revision") : place;
    }
}
