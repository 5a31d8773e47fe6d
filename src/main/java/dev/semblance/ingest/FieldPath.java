package dev.semblance.ingest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Where a mapped value sits in an event: a JSON pointer (RFC 6901) where it begins with a slash, else the name of a
 * top-level field, else a path of names joined by dots. Thread: any; immutable.
 */
final class FieldPath {

    private final String spec;
    /** Null where the path is a pointer. */
    private final String topLevel;
    private final JsonPointer pointer;

    private FieldPath(String spec, String topLevel, JsonPointer pointer) {
        this.spec = spec;
        this.topLevel = topLevel;
        this.pointer = pointer;
    }

    /** Null for null. */
    static FieldPath of(String spec) {
        if (spec == null) {
            return null;
        }
        if (spec.startsWith("/")) {
            return new FieldPath(spec, null, JsonPointer.compile(spec));
        }
        String dotted = Arrays.stream(spec.split("\\.", -1)).map(s -> "/" + s.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
        return new FieldPath(spec, spec, JsonPointer.compile(dotted));
    }

    /** The value, or null where it is missing or JSON null. */
    JsonNode find(ObjectNode event) {
        JsonNode found = isTopLevel(event) ? event.get(topLevel) : event.at(pointer);
        return found.isMissingNode() || found.isNull() ? null : found;
    }

    /** Takes the value out of the event; in an array it leaves a null, so that the others keep their places. */
    void removeFrom(ObjectNode event) {
        if (isTopLevel(event)) {
            event.remove(topLevel);
            return;
        }
        switch (event.at(pointer.head())) {
            case ObjectNode parent -> parent.remove(pointer.last().getMatchingProperty());
            case ArrayNode parent when pointer.last().mayMatchElement()
                    && pointer.last().getMatchingIndex() < parent.size() ->
                parent.setNull(pointer.last().getMatchingIndex());
            default -> {
                // Nothing there to take out.
            }
        }
    }

    private boolean isTopLevel(ObjectNode event) {
        return topLevel != null && event.has(topLevel);
    }

    @Override
    public String toString() {
        return spec;
    }
}
