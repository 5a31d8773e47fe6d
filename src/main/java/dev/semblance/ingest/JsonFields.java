package dev.semblance.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.config.Config;
import dev.semblance.record.Rejection.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads id, text, time, user and language out of one JSON event, by the configured paths or else by the names that the X
 * API v2 and v1.1 and our own lines use; every other field becomes an attribute.
 *
 * <p>Thread: any; immutable. The event handed in is taken apart.
 */
final class JsonFields {

    private static final List<String> ID_FIELDS = List.of("id_str", "id");
    /** From the most to the least complete; the X API cuts the later ones short. */
    private static final List<String> TEXT_PATHS = List.of("/note_tweet/text", "/extended_tweet/full_text",
            "/full_text", "/text");
    /** All are taken out of the event: what {@code text.keep=false} removes must not survive as an attribute. */
    private static final List<String> TEXT_FIELDS = List.of("note_tweet", "extended_tweet", "full_text", "text");
    private static final String TIMESTAMP_MS = "timestamp_ms";
    private static final List<String> TIME_FIELDS = List.of("created_at", "timestamp");
    private static final String RETWEETED = "retweeted_status";

    private final FieldPath idPath;
    private final FieldPath textPath;
    private final FieldPath timePath;
    private final FieldPath userPath;

    JsonFields(Config.Texts texts) {
        idPath = FieldPath.of(texts.jsonId());
        textPath = FieldPath.of(texts.jsonText());
        timePath = FieldPath.of(texts.jsonTimestamp());
        userPath = FieldPath.of(texts.jsonUser());
    }

    /**
     * @param id          null where the event has none
     * @param textField   name of the text's field, for messages
     * @param text        null where the event has none
     * @param timeField   name of the time's field, for messages; null where the event has no time
     * @param eventTimeMs 0 where {@code timeField} is null
     */
    record Fields(String id, String textField, String text, String timeField, long eventTimeMs, String user,
            String lang, Map<String, String> attributes) {}

    boolean mapsText() {
        return textPath != null;
    }

    /** @throws RefusedException where a field is not of its type, or a time cannot be read */
    Fields read(ObjectNode event, Map<String, String> usernames) {
        String id = id(event);
        String textField = textPath == null ? "text" : textPath + " (texts.json.text)";
        String text = textPath == null ? knownText(event) : asText(textField, textPath.find(event));
        String timeField = timeField(event);
        long eventTimeMs = timeField == null ? 0 : time(event, timeField);
        String user = user(event, usernames);
        String lang = event.path("lang").textValue();
        takeOut(event, timeField, lang != null);
        return new Fields(id, textField, text, timeField, eventTimeMs, user, lang, attributes(event));
    }

    private String id(ObjectNode event) {
        if (idPath != null) {
            return asId(idPath.toString(), idPath.find(event));
        }
        String field = firstOf(ID_FIELDS, event);
        return field == null ? null : asId(field, event.get(field));
    }

    private static String asId(String field, JsonNode node) {
        if (node == null || node.isTextual() || node.isIntegralNumber()) {
            return node == null ? null : node.asText();
        }
        throw new RefusedException(Reason.INVALID_ID, "field " + field + " is of type " + JsonEvents.typeName(node)
                + ", expected a string or a whole number: " + Excerpt.quoted(node.toString()));
    }

    /** A v1.1 retweet cuts the text of what it repeats; it is put together anew in the form that the X API gives it. */
    private static String knownText(ObjectNode event) {
        if (event.get(RETWEETED) instanceof ObjectNode original) {
            String name = original.at("/user/screen_name").textValue();
            String text = fullestText(original);
            if (name != null && text != null) {
                return "RT @" + name + ": " + text;
            }
        }
        return fullestText(event);
    }

    private static String fullestText(ObjectNode event) {
        for (String path : TEXT_PATHS) {
            JsonNode node = event.at(path);
            if (!node.isMissingNode() && !node.isNull()) {
                return asText(path.substring(1).replace('/', '.'), node);
            }
        }
        return null;
    }

    private static String asText(String field, JsonNode node) {
        if (node == null || node.isTextual()) {
            return node == null ? null : node.textValue();
        }
        throw new RefusedException(Reason.MALFORMED, "field " + field + " is of type " + JsonEvents.typeName(node)
                + ", expected a string: " + Excerpt.quoted(node.toString()));
    }

    private String timeField(ObjectNode event) {
        if (timePath != null) {
            return timePath.find(event) == null ? null : timePath.toString();
        }
        return event.hasNonNull(TIMESTAMP_MS) ? TIMESTAMP_MS : firstOf(TIME_FIELDS, event);
    }

    private long time(ObjectNode event, String field) {
        if (timePath != null) {
            return EventTime.parse(field, timePath.find(event));
        }
        JsonNode value = event.get(field);
        return field.equals(TIMESTAMP_MS) ? EventTime.parseMs(field, value) : EventTime.parse(field, value);
    }

    private String user(ObjectNode event, Map<String, String> usernames) {
        if (userPath != null) {
            return scalar(userPath.find(event));
        }
        JsonNode user = event.path("user");
        for (JsonNode candidate : List.of(user, user.path("screen_name"), user.path("username"),
                event.path("username"))) {
            if (scalar(candidate) != null) {
                return scalar(candidate);
            }
        }
        String author = scalar(event.path("author_id"));
        return author == null ? null : usernames.getOrDefault(author, author);
    }

    private static String scalar(JsonNode node) {
        return node != null && (node.isTextual() || node.isNumber()) ? node.asText() : null;
    }

    private void takeOut(ObjectNode event, String timeField, boolean hasLang) {
        if (idPath != null) {
            idPath.removeFrom(event);
        } else {
            event.remove(ID_FIELDS);
        }
        if (timePath != null) {
            timePath.removeFrom(event);
        } else if (timeField != null) {
            event.remove(timeField);
        }
        if (userPath != null) {
            userPath.removeFrom(event);
        } else if (event.path("user").isValueNode()) {
            event.remove("user");
        }
        if (hasLang) {
            event.remove("lang");
        }
        if (textPath != null) {
            textPath.removeFrom(event);
        } else {
            event.remove(TEXT_FIELDS);
            reduceRetweet(event);
        }
    }

    /** Its text is in ours; its id is what a reader needs to find it. */
    private static void reduceRetweet(ObjectNode event) {
        if (event.get(RETWEETED) instanceof ObjectNode original) {
            event.remove(RETWEETED);
            String idField = firstOf(ID_FIELDS, original);
            if (idField != null) {
                event.set(RETWEETED + "_id", original.get(idField));
            }
        }
    }

    /** Nulls are left out; scalars are text; what is nested is compact JSON. */
    private static Map<String, String> attributes(ObjectNode event) {
        Map<String, String> attributes = new HashMap<>();
        event.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (!value.isNull()) {
                attributes.put(field.getKey(), value.isValueNode() ? value.asText() : value.toString());
            }
        });
        return attributes;
    }

    private static String firstOf(List<String> fields, ObjectNode event) {
        for (String field : fields) {
            if (event.hasNonNull(field)) {
                return field;
            }
        }
        return null;
    }
}
