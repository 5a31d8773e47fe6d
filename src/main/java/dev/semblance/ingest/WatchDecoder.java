package dev.semblance.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.semblance.codec.CodecException;
import dev.semblance.codec.Framing;
import dev.semblance.codec.RecordCodec;
import dev.semblance.codec.Utf8;
import dev.semblance.config.Config;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Records of the watches topic → standing queries: Avro single-object {@code Watch}, or JSON
 * <code>{"text", "threshold"?, "labels"?}</code>. The key is the id of the watch; an {@code id} in the value must equal
 * it. Fields of any other name are refused, so that a misspelt threshold is not silently the default.
 *
 * <p>Thread: any; immutable.
 */
public final class WatchDecoder {

    private static final Set<String> JSON_FIELDS = Set.of("id", "text", "threshold", "labels");

    private final EventRules rules;
    private final StrictJson json;
    private final RecordCodec codec = new RecordCodec();

    public WatchDecoder(Config.Texts texts) {
        rules = new EventRules(texts);
        json = new StrictJson(texts.maxBytes());
    }

    public WatchOutcome decode(RawRecord raw) {
        try {
            String id = RecordKeys.requireId(raw, "watch");
            if (raw.value() == null) {
                return new WatchOutcome.Removed(id);
            }
            if (raw.value().length == 0) {
                throw new RefusedException(Reason.MISSING_TEXT,
                        "the value of watch " + Excerpt.quoted(id) + " is empty (0 bytes); a null value removes it");
            }
            return new WatchOutcome.Accepted(
                    Framing.of(raw.value()) == Framing.OTHER ? ofJson(id, raw.value()) : ofAvro(id, raw.value()));
        } catch (RefusedException e) {
            return new WatchOutcome.Rejected(e.rejection());
        } catch (CodecException e) {
            return new WatchOutcome.Rejected(e.rejection());
        }
    }

    private Watch ofAvro(String id, byte[] value) {
        Watch watch = codec.decodeWatch(value);
        checkSameId(id, watch.id().isEmpty() ? null : watch.id());
        return checked(id, watch.text(), watch.threshold(), watch.labels());
    }

    private Watch ofJson(String id, byte[] value) {
        String text = TextDecoder.utf8(value);
        if (!Sniffed.isJson(value)) {
            throw new RefusedException(Reason.MALFORMED,
                    "the value is neither Avro nor a JSON object {\"text\", \"threshold\"?, \"labels\"?}: "
                            + Excerpt.quoted(text));
        }
        JsonNode root = json.parse(Sniffed.withoutByteOrderMark(text));
        if (!root.isObject()) {
            throw new RefusedException(Reason.MALFORMED,
                    "the JSON value is of type " + JsonEvents.typeName(root) + ", expected one object");
        }
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!JSON_FIELDS.contains(field.getKey())) {
                throw new RefusedException(Reason.INVALID_WATCH, "unknown field " + Excerpt.quoted(field.getKey())
                        + "; a watch has text, threshold and labels");
            }
        }
        checkSameId(id, stringOrNull("id", root.path("id")));
        return checked(id, stringOrNull("text", root.path("text")), threshold(root.path("threshold")),
                labels(root.path("labels")));
    }

    private static void checkSameId(String key, String id) {
        if (id != null && !id.equals(key)) {
            throw new RefusedException(Reason.INVALID_ID, "field id is " + Excerpt.quoted(id)
                    + ", but the record's key is " + Excerpt.quoted(key) + ": leave one out or make them equal");
        }
    }

    private static String stringOrNull(String field, JsonNode node) {
        if (node.isTextual() || node.isMissingNode() || node.isNull()) {
            return node.textValue();
        }
        throw new RefusedException(Reason.MALFORMED, "field " + field + " is of type " + JsonEvents.typeName(node)
                + ", expected a string: " + Excerpt.quoted(node.toString()));
    }

    private static Double threshold(JsonNode node) {
        if (node.isNumber() || node.isMissingNode() || node.isNull()) {
            return node.isNumber() ? node.doubleValue() : null;
        }
        throw new RefusedException(Reason.INVALID_WATCH, "field threshold is of type " + JsonEvents.typeName(node)
                + ", expected a number: " + Excerpt.quoted(node.toString()));
    }

    private static List<String> labels(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        List<String> labels = new ArrayList<>();
        for (JsonNode label : node) {
            labels.add(label.textValue());
        }
        if (!node.isArray() || labels.contains(null)) {
            throw new RefusedException(Reason.INVALID_WATCH,
                    "field labels is not an array of strings: " + Excerpt.quoted(node.toString()));
        }
        return labels;
    }

    private Watch checked(String id, String text, Double threshold, List<String> labels) {
        rules.checkText("text", text);
        if (threshold != null && !(threshold >= Watch.MIN_THRESHOLD && threshold <= Watch.MAX_THRESHOLD)) {
            throw new RefusedException(Reason.INVALID_WATCH,
                    "field threshold is " + threshold + ", expected from " + Watch.MIN_THRESHOLD + " to "
                            + Watch.MAX_THRESHOLD);
        }
        if (labels.size() > Watch.MAX_LABELS) {
            throw new RefusedException(Reason.INVALID_WATCH,
                    "field labels has " + labels.size() + " entries, more than " + Watch.MAX_LABELS);
        }
        for (String label : labels) {
            EventRules.checkWellFormed("labels", label);
            if (Utf8.sizeBytes(label) > Watch.MAX_LABEL_BYTES) {
                throw new RefusedException(Reason.INVALID_WATCH, "field labels holds a label of "
                        + Utf8.sizeBytes(label) + " bytes of UTF-8, more than " + Watch.MAX_LABEL_BYTES + ": "
                        + Excerpt.quoted(label));
            }
        }
        return new Watch(id, text, threshold, labels);
    }
}
