package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record as one line: JSON for scripts, or a few words for people. Pure. Thread: any. */
final class RecordLine {

    /** Begins the names of a dead letter's headers. */
    private static final String PREFIX = "semblance.";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_TEXT_CODE_POINTS = 160;

    private final boolean json;
    private final Function<byte[], String> toJson;

    /** @param toJson our own values as JSON; null for other bytes */
    RecordLine(boolean json, Function<byte[], String> toJson) {
        this.json = json;
        this.toJson = toJson;
    }

    /** Without a line end. */
    String of(ConsumerRecord<byte[], byte[]> record) {
        // First, since a dead letter's value may well be one of our own records.
        if (record.headers().lastHeader(PREFIX + "error.class") != null) {
            ObjectNode letter = deadLetter(record);
            return json ? letter.toString() : deadLetterWords(letter);
        }
        if (record.value() == null) {
            ObjectNode deleted = JSON.createObjectNode().put("key", text(record.key())).put("deleted", true);
            return json ? deleted.toString() : time(record.timestamp()) + "  " + shown(text(record.key())) + " deleted";
        }
        String ours = toJson.apply(record.value());
        if (ours == null) {
            return json ? foreign(record).toString() : foreignWords(record);
        }
        return json ? ours : words(parsed(ours));
    }

    private static JsonNode parsed(String ours) {
        try {
            return JSON.readTree(ours);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + ours, e);
        }
    }

    private static ObjectNode deadLetter(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode letter = JSON.createObjectNode();
        letter.put("key", text(record.key()));
        for (Header header : record.headers()) {
            if (header.key().startsWith(PREFIX)) {
                String name = header.key().substring(PREFIX.length()).replace('.', '_').replace("error_message",
                        "message");
                String value = text(header.value());
                if (name.matches("source_(partition|offset|timestamp)") && value != null
                        && value.matches("-?\\d{1,18}")) {
                    letter.put(name, Long.parseLong(value));
                } else {
                    letter.put(name, value);
                }
            }
        }
        return putValue(letter, record.value());
    }

    private static ObjectNode foreign(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode node = JSON.createObjectNode();
        node.put("topic", record.topic()).put("partition", record.partition()).put("offset", record.offset())
                .put("timestamp", record.timestamp()).put("key", text(record.key()));
        return putValue(node, record.value());
    }

    /** {@code value_encoding} says which: text as it is, or base64 where the bytes are no text. */
    private static ObjectNode putValue(ObjectNode node, byte[] value) {
        String utf8 = utf8OrNull(value);
        boolean binary = value != null && utf8 == null;
        return node.put("value", binary ? Base64.getEncoder().encodeToString(value) : utf8).put("value_encoding",
                binary ? "base64" : "utf-8");
    }

    private static String deadLetterWords(ObjectNode letter) {
        return letter.path("error_class").asText() + " in " + letter.path("stage").asText("?") + " at "
                + letter.path("source_topic").asText("?") + "-" + letter.path("source_partition").asText("?") + "@"
                + letter.path("source_offset").asText("?") + ": " + shown(letter.path("message").asText());
    }

    private static String foreignWords(ConsumerRecord<byte[], byte[]> record) {
        String utf8 = utf8OrNull(record.value());
        return time(record.timestamp()) + "  " + (record.key() == null ? "-" : shown(text(record.key()))) + "  "
                + (utf8 == null ? "(" + record.value().length + " bytes)" : shown(utf8));
    }

    private static String words(JsonNode node) {
        if (node.has("cosine")) {
            return alertWords(node);
        }
        String time = node.has("event_time_ms") ? time(node.path("event_time_ms").asLong()) + "  " : "";
        String who = node.path("user").isTextual() ? " " + shown(node.get("user").asText()) : "";
        String what = node.path("text").isTextual() ? "  " + shown(node.get("text").asText()) : "";
        return time + shown(node.path("id").asText()) + who + (node.has("vector") ? vectorWords(node) : "") + what;
    }

    private static String vectorWords(JsonNode node) {
        List<String> parts = new ArrayList<>();
        parts.add(node.get("vector").size() + " × " + node.path("encoding").asText("F32"));
        if (node.has("token_count")) {
            parts.add(node.get("token_count").asInt() + " tokens" + (node.path("truncated").asBoolean()
                    ? ", truncated"
                    : ""));
        }
        return "  [" + String.join(", ", parts) + "]";
    }

    private static String alertWords(JsonNode a) {
        String kind = a.path("kind").asText() + (a.path("match_kind").isTextual()
                ? " " + a.get("match_kind").asText()
                : "");
        String difference = words("+", a.path("only_in_event")) + words("-", a.path("only_in_original"));
        return time(a.path("event_time_ms").asLong()) + "  " + kind
                + String.format(Locale.ROOT, " %.4f", a.path("cosine").asDouble())
                + (a.path("cluster_size").asLong() > 0 ? " ×" + a.get("cluster_size").asLong() : "")
                + (a.path("rate_per_hour").isNumber()
                        ? String.format(Locale.ROOT, " %.0f/h", a.get("rate_per_hour").asDouble())
                        : "")
                + "  " + shown(a.path("event_id").asText()) + " ~ " + shown(a.path("original_id").asText())
                + labels(a.path("labels"))
                + (a.path("text").isTextual() ? "  " + shown(a.get("text").asText()) : "") + difference;
    }

    private static String labels(JsonNode list) {
        StringBuilder out = new StringBuilder();
        list.forEach(label -> out.append(out.isEmpty() ? " [" : ", ").append(shown(label.asText())));
        return out.isEmpty() ? "" : out.append(']').toString();
    }

    private static String words(String sign, JsonNode list) {
        StringBuilder out = new StringBuilder();
        list.forEach(word -> out.append(out.isEmpty() ? "  " : " ").append(sign).append(shown(word.asText())));
        return out.toString();
    }

    private static String time(long epochMs) {
        return Instant.ofEpochMilli(epochMs).toString();
    }

    /** Safe on a terminal and on one line: no control characters, no change of direction, not endless. */
    static String shown(String text) {
        String flat = String.valueOf(text).replaceAll("[\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]+", " ").strip();
        return flat.codePointCount(0, flat.length()) <= MAX_TEXT_CODE_POINTS
                ? flat
                : flat.substring(0, flat.offsetByCodePoints(0, MAX_TEXT_CODE_POINTS)) + "…";
    }

    /** Null for null; broken UTF-8 with replacement characters. */
    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String utf8OrNull(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
