package dev.semblance.model.bundle;

import dev.semblance.model.ModelException;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * One object of {@code manifest.json} with checked access: a fault names file, field and value.
 *
 * @param prefix path of the object, with a dot at its end; empty for the root
 */
record ManifestNode(String file, String prefix, JsonNode node) {

    boolean has(String field) {
        return node.has(field);
    }

    /** Unknown fields are refused, so that a typing error cannot pass for a default. */
    void onlyKnown(Collection<String> known) {
        Set<String> unknown = new TreeSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new ModelException(file + ": unknown field " + prefix + String.join(", " + prefix, unknown)
                    + "; known are " + String.join(", ", known));
        }
    }

    ManifestNode object(String field, String expected) {
        JsonNode value = node.get(field);
        if (value == null || !value.isObject()) {
            throw fault(field, expected);
        }
        return new ManifestNode(file, prefix + field + ".", value);
    }

    String text(String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual() || value.asText().isBlank()) {
            throw fault(field, "expected text that is not empty");
        }
        return value.asText();
    }

    String textOr(String field, String otherwise) {
        return has(field) ? text(field) : otherwise;
    }

    String sha256(String field) {
        String value = textOr(field, null);
        if (value != null && !value.matches("[0-9a-f]{64}")) {
            throw fault(field, "expected 64 lower-case hexadecimal digits, or leave it out");
        }
        return value;
    }

    String oneOf(String field, String... allowed) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual() || !Arrays.asList(allowed).contains(value.asText())) {
            throw fault(field, "expected one of " + String.join(", ", allowed));
        }
        return value.asText();
    }

    int integer(String field, int min, int max) {
        JsonNode value = node.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < min
                || value.asInt() > max) {
            throw fault(field, "expected a whole number from " + min + " to " + max);
        }
        return value.asInt();
    }

    boolean bool(String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isBoolean()) {
            throw fault(field, "expected true or false");
        }
        return value.asBoolean();
    }

    ModelException fault(String field, String expected) {
        JsonNode value = node.get(field);
        String shown = value == null ? " is missing" : " is " + shortened(value.toString());
        return new ModelException(file + ": " + prefix + field + shown + "; " + expected);
    }

    private static String shortened(String json) {
        return json.length() <= 200 ? json : json.substring(0, 200) + "…";
    }
}
