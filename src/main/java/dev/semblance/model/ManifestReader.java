package dev.semblance.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code manifest.json}. Unknown fields are refused, so that a typing error cannot pass for a default. */
final class ManifestReader {

    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final List<String> FIELDS = List.of("id", "revision", "dimension", "pooling", "normalised",
            "max_tokens", "precision", "deterministic", "preprocessing", "pad_token_id", "inputs", "output");
    private static final List<String> INPUTS = List.of("ids", "mask", "types");

    private final String file;
    private final JsonNode root;

    private ManifestReader(String file, JsonNode root) {
        this.file = file;
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
        return new ManifestReader(file, root).manifest();
    }

    private Manifest manifest() {
        onlyKnown(root, FIELDS, "");
        String revision = root.has("revision") ? text(root, "revision", "") : null;
        if (revision != null && !revision.matches("[0-9a-f]{64}")) {
            throw fault("revision", root.get("revision"), "expected 64 lower-case hexadecimal digits, or leave it out");
        }
        return new Manifest(text(root, "id", ""), revision, integer("dimension", 1, 65_536),
                Pooling.valueOf(oneOf("pooling", "mean", "cls", "none").toUpperCase(java.util.Locale.ROOT)),
                bool("normalised"), integer("max_tokens", Manifest.MIN_TOKENS, 8192),
                oneOf("precision", "fp32", "fp16", "int8"), bool("deterministic"),
                root.has("preprocessing") ? oneOf("preprocessing", "none", "tweet-eval", "bertweet") : "none",
                root.has("pad_token_id") ? integer("pad_token_id", 0, Integer.MAX_VALUE) : 0, inputs(),
                root.has("output") ? text(root, "output", "") : null);
    }

    private Manifest.Inputs inputs() {
        JsonNode node = root.get("inputs");
        Manifest.Inputs usual = Manifest.Inputs.USUAL;
        if (node == null) {
            return usual;
        }
        if (!node.isObject()) {
            throw fault("inputs", node, "expected an object with ids, mask and types");
        }
        onlyKnown(node, INPUTS, "inputs.");
        return new Manifest.Inputs(node.has("ids") ? text(node, "ids", "inputs.") : usual.ids(),
                node.has("mask") ? text(node, "mask", "inputs.") : usual.mask(),
                node.has("types") ? text(node, "types", "inputs.") : usual.types());
    }

    private void onlyKnown(JsonNode node, List<String> known, String prefix) {
        Set<String> unknown = new TreeSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new ModelException(file + ": unknown field " + prefix + String.join(", " + prefix, unknown)
                    + "; known are " + String.join(", ", known));
        }
    }

    private String text(JsonNode node, String field, String prefix) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual() || value.asText().isBlank()) {
            throw fault(prefix + field, value, "expected text that is not empty");
        }
        return value.asText();
    }

    private String oneOf(String field, String... allowed) {
        JsonNode value = root.get(field);
        if (value == null || !value.isTextual() || !Arrays.asList(allowed).contains(value.asText())) {
            throw fault(field, value, "expected one of " + String.join(", ", allowed));
        }
        return value.asText();
    }

    private int integer(String field, int min, int max) {
        JsonNode value = root.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < min
                || value.asInt() > max) {
            throw fault(field, value, "expected a whole number from " + min + " to " + max);
        }
        return value.asInt();
    }

    private boolean bool(String field) {
        JsonNode value = root.get(field);
        if (value == null || !value.isBoolean()) {
            throw fault(field, value, "expected true or false");
        }
        return value.asBoolean();
    }

    private ModelException fault(String field, JsonNode value, String expected) {
        return new ModelException(
                file + ": " + field + (value == null ? " is missing" : " is " + value) + "; " + expected);
    }
}
