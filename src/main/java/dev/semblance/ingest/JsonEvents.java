package dev.semblance.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.record.Rejection.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The events in one JSON value: a bare object, an array of objects, or the X API's envelope {@code {"data": object or
 * array, "includes": …}}. The envelope's other fields ride along with a single event, but are not copied to each of many.
 *
 * @param items     the events; an item that is no object stays as it is, to be refused alone
 * @param isArray   whether they came in an array, so that a record's key cannot name one of them
 * @param usernames of {@code includes.users} by user id
 */
record JsonEvents(List<JsonNode> items, boolean isArray, Map<String, String> usernames) {

    static final int MAX_EVENTS = 100;

    /** Fields that make an object an event itself, whatever its {@code data} field is. */
    private static final Set<String> TEXT_FIELDS = Set.of("text", "full_text", "note_tweet", "extended_tweet");

    /** @param unwrap whether {@code data} may be an envelope; not where the text is mapped by the configuration */
    static JsonEvents of(JsonNode root, boolean unwrap) {
        if (root.isArray()) {
            return new JsonEvents(items("the array", root), true, Map.of());
        }
        if (!root.isObject()) {
            throw new RefusedException(Reason.MALFORMED,
                    "the JSON value is of type " + typeName(root) + ", expected an object or an array of objects");
        }
        JsonNode data = root.get("data");
        boolean enveloped = unwrap && data != null && data.isContainerNode()
                && Collections.disjoint(TEXT_FIELDS, fieldNames(root));
        if (!enveloped) {
            return new JsonEvents(List.of(root), false, Map.of());
        }
        List<JsonNode> events = data.isArray() ? items("field data", data) : List.of(data);
        if (data instanceof ObjectNode event) {
            addMissing((ObjectNode) root, event);
        }
        return new JsonEvents(events, data.isArray(), usernames(root.at("/includes/users")));
    }

    private static List<JsonNode> items(String what, JsonNode array) {
        if (array.isEmpty()) {
            throw new RefusedException(Reason.MALFORMED, what + " holds no event");
        }
        if (array.size() > MAX_EVENTS) {
            throw new RefusedException(Reason.TOO_LARGE,
                    what + " holds " + array.size() + " events, more than " + MAX_EVENTS + " in one record");
        }
        List<JsonNode> items = new ArrayList<>(array.size());
        array.forEach(items::add);
        return items;
    }

    private static Set<String> fieldNames(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void addMissing(ObjectNode envelope, ObjectNode event) {
        envelope.properties().forEach(field -> {
            boolean ofEnvelope = field.getKey().equals("data") || field.getKey().equals("includes");
            if (!ofEnvelope && !event.has(field.getKey())) {
                event.set(field.getKey(), field.getValue());
            }
        });
    }

    private static Map<String, String> usernames(JsonNode users) {
        Map<String, String> byId = new HashMap<>();
        for (JsonNode user : users) {
            JsonNode username = user.path("username");
            if (username.isTextual()) {
                byId.put(user.path("id").asText(), username.textValue());
            }
        }
        return byId;
    }

    static String typeName(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
