package dev.semblance.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.codec.CodecException;
import dev.semblance.codec.Framing;
import dev.semblance.codec.RecordCodec;
import dev.semblance.codec.Utf8;
import dev.semblance.config.Config;
import dev.semblance.config.Config.TextsFormat;
import dev.semblance.ingest.JsonFields.Fields;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.TextEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Records of the texts topic → events. Nothing is dropped: each record gives at least one outcome, an array one per
 * item in its order, and no bytes make it throw.
 *
 * <p>{@code texts.format=auto} looks at the first bytes: 0xC3 0x01 is Avro single-object; 0x00 and four more bytes is
 * Confluent framing (refused); a first character <code>{</code>, or <code>[</code> followed by <code>{</code>, is JSON;
 * all else is plain UTF-8 text. A text that begins so but is no JSON is refused as MALFORMED, not taken for plain: set
 * {@code texts.format=plain} where texts may look like that.
 *
 * <p>Id: the event's own, else the record's key (where it is UTF-8 and not empty; not for arrays), else the record's
 * position, for an item of an array with its index. Time: the event's own, else the record's Kafka timestamp.
 *
 * <p>Thread: any, if the clock is; immutable.
 */
public final class TextDecoder {

    private static final String PLAIN_FIELD = "value (plain text)";

    private final TextsFormat format;
    private final LongSupplier wallClockMs;
    private final EventRules rules;
    private final JsonFields jsonFields;
    private final StrictJson json;
    private final RecordCodec codec = new RecordCodec();

    /** @param wallClockMs epoch milliseconds; read once a record */
    public TextDecoder(Config.Texts texts, LongSupplier wallClockMs) {
        this.format = texts.format();
        this.wallClockMs = Objects.requireNonNull(wallClockMs, "wallClockMs");
        rules = new EventRules(texts);
        jsonFields = new JsonFields(texts);
        json = new StrictJson(texts.maxBytes());
    }

    /** Never empty. */
    public List<TextOutcome> decode(RawRecord raw) {
        try {
            if (raw.value() == null) {
                return List.of(new TextOutcome.Deleted(RecordKeys.requireId(raw, "delete")));
            }
            if (raw.value().length == 0) {
                throw new RefusedException(Reason.EMPTY_TEXT, "the value is empty (0 bytes); a null value deletes");
            }
            long nowMs = wallClockMs.getAsLong();
            return switch (format == TextsFormat.AUTO ? Sniffed.formatOf(raw.value()) : format) {
                case AVRO -> List.of(avro(raw, nowMs));
                case JSON -> json(raw, nowMs);
                case PLAIN -> List.of(plain(raw, nowMs));
                case AUTO -> throw new AssertionError("sniffing gives a format");
            };
        } catch (RefusedException e) {
            return List.of(new TextOutcome.Rejected(e.rejection()));
        } catch (CodecException e) {
            return List.of(new TextOutcome.Rejected(e.rejection()));
        }
    }

    private TextOutcome avro(RawRecord raw, long nowMs) {
        TextEvent e = codec.decodeTextEvent(raw.value());
        String ownId = e.id().isEmpty() ? null : e.id();
        return accept(new Fields(ownId, "text", e.text(), "event_time_ms", e.eventTimeMs(), e.user(), e.lang(),
                e.attributes()), RecordKeys.idOf(raw), raw, nowMs);
    }

    private TextOutcome plain(RawRecord raw, long nowMs) {
        byte[] value = raw.value();
        rules.checkTextSize(PLAIN_FIELD, value.length);
        String text = utf8(value);
        return accept(new Fields(null, PLAIN_FIELD, text, null, 0, null, null, Map.of()), RecordKeys.idOf(raw), raw,
                nowMs);
    }

    private List<TextOutcome> json(RawRecord raw, long nowMs) {
        JsonNode root = json.parse(Sniffed.withoutByteOrderMark(utf8(raw.value())));
        JsonEvents events = JsonEvents.of(root, !jsonFields.mapsText());
        int count = events.items().size();
        List<TextOutcome> outcomes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String fallbackId = events.isArray() ? raw.source().asEventId() + "-" + i : RecordKeys.idOf(raw);
            try {
                JsonNode item = events.items().get(i);
                if (!(item instanceof ObjectNode event)) {
                    throw new RefusedException(Reason.MALFORMED, "it is of type " + JsonEvents.typeName(item)
                            + ", expected an object: " + Excerpt.quoted(item.toString()));
                }
                outcomes.add(accept(jsonFields.read(event, events.usernames()), fallbackId, raw, nowMs));
            } catch (RefusedException e) {
                outcomes.add(new TextOutcome.Rejected(events.isArray()
                        ? ofItem(i, count, e.rejection())
                        : e.rejection()));
            }
        }
        return outcomes;
    }

    private static Rejection ofItem(int index, int count, Rejection rejection) {
        return new Rejection(rejection.reason(), "item " + index + " of " + count + ": " + rejection.message());
    }

    private TextOutcome accept(Fields fields, String fallbackId, RawRecord raw, long nowMs) {
        rules.checkText(fields.textField(), fields.text());
        String id = fields.id() == null ? fallbackId : fields.id();
        EventRules.checkId(fields.id() == null ? "the record's key" : "the event's id", id);
        boolean ownTime = fields.timeField() != null;
        long eventTimeMs = ownTime ? fields.eventTimeMs() : raw.timestampMs();
        rules.checkTime(ownTime ? "field " + fields.timeField() : "the record's timestamp (the event has none)",
                eventTimeMs, nowMs);
        EventRules.checkAttributes(fields.attributes(), fields.user(), fields.lang());
        return new TextOutcome.Accepted(
                new TextEvent(id, fields.text(), eventTimeMs, fields.user(), fields.lang(), fields.attributes()));
    }

    static String utf8(byte[] value) {
        int invalid = Utf8.invalidOffset(value, 0, value.length);
        if (invalid >= 0) {
            throw new RefusedException(Reason.INVALID_UTF8, "the value is not valid UTF-8: byte 0x"
                    + "%02x".formatted(value[invalid]) + " at offset " + invalid + " of " + value.length);
        }
        return new String(value, StandardCharsets.UTF_8);
    }
}
