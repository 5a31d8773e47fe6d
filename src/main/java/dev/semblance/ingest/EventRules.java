package dev.semblance.ingest;

import dev.semblance.codec.Utf8;
import dev.semblance.config.Config;
import dev.semblance.config.Durations;
import dev.semblance.record.Rejection.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The limits that every event must keep, whatever its format. Each method throws {@link RefusedException}. */
final class EventRules {

    static final int MAX_ID_BYTES = 1024;
    static final int MAX_ATTRIBUTES = 256;
    /** UTF-8 bytes of all names and values, user and language included. */
    static final int MAX_ATTRIBUTE_BYTES = 256 * 1024;

    private final int textMaxBytes;
    private final Duration maxFutureSkew;

    EventRules(Config.Texts texts) {
        this(texts.maxBytes(), texts.maxFutureSkew());
    }

    private EventRules(int textMaxBytes, Duration maxFutureSkew) {
        this.textMaxBytes = textMaxBytes;
        this.maxFutureSkew = maxFutureSkew;
    }

    /** There, well-formed, not blank, and not too large. */
    void checkText(String field, String text) {
        if (text == null) {
            throw new RefusedException(Reason.MISSING_TEXT, "field " + field + " is missing or null");
        }
        checkTextSize(field, Utf8.sizeBytes(text));
        checkWellFormed(field, text);
        if (text.codePoints().allMatch(EventRules::isBlank)) {
            throw new RefusedException(Reason.EMPTY_TEXT, "field " + field + (text.isEmpty()
                    ? " is empty"
                    : " holds only white space or invisible characters (" + text.length() + " chars)"));
        }
    }

    void checkTextSize(String field, long sizeBytes) {
        if (sizeBytes > textMaxBytes) {
            throw new RefusedException(Reason.TOO_LARGE, "field " + field + " has " + sizeBytes
                    + " bytes of UTF-8, more than text.max.bytes=" + textMaxBytes);
        }
    }

    /** Unicode white space, no-break spaces, and what takes no room: zero-width and other format characters. */
    private static boolean isBlank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.getType(c) == Character.FORMAT
                || c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x2800 || c == 0x3164 || c == 0xFFA0
                || (c >= 0xFE00 && c <= 0xFE0F);
    }

    static void checkWellFormed(String field, String text) {
        int unpaired = Utf8.unpairedSurrogate(text);
        if (unpaired >= 0) {
            throw new RefusedException(Reason.INVALID_UTF8,
                    "field " + Excerpt.of(field, Excerpt.MAX_CHARS) + " holds an unpaired surrogate U+"
                            + "%04X".formatted((int) text.charAt(unpaired)) + " at char " + unpaired);
        }
    }

    static void checkId(String field, String id) {
        checkWellFormed(field, id);
        long sizeBytes = Utf8.sizeBytes(id);
        if (sizeBytes > MAX_ID_BYTES) {
            throw new RefusedException(Reason.INVALID_ID,
                    field + " has " + sizeBytes + " bytes of UTF-8, more than " + MAX_ID_BYTES);
        }
        if (id.codePoints().allMatch(EventRules::isBlank)) {
            throw new RefusedException(Reason.INVALID_ID, field + " is blank: " + Excerpt.quoted(id));
        }
    }

    void checkTime(String field, long eventTimeMs, long nowMs) {
        if (eventTimeMs < 0) {
            throw new RefusedException(Reason.INVALID_TIMESTAMP,
                    field + " is negative: " + eventTimeMs + " ms since 1970");
        }
        long latestMs = nowMs + maxFutureSkew.toMillis();
        if (eventTimeMs > latestMs) {
            throw new RefusedException(Reason.FUTURE_TIMESTAMP,
                    field + " is " + Instant.ofEpochMilli(eventTimeMs) + ", later than "
                            + Instant.ofEpochMilli(latestMs)
                            + ", the clock plus max.future.skew=" + Durations.format(maxFutureSkew));
        }
    }

    /** @param user null where there is none; as {@code lang} */
    static void checkAttributes(Map<String, String> attributes, String user, String lang) {
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw new RefusedException(Reason.TOO_LARGE,
                    "the event has " + attributes.size() + " other fields, more than " + MAX_ATTRIBUTES);
        }
        long sizeBytes = sizeChecked("user", user) + sizeChecked("lang", lang);
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            sizeBytes += sizeChecked("name", attribute.getKey())
                    + sizeChecked(attribute.getKey(), attribute.getValue());
        }
        if (sizeBytes > MAX_ATTRIBUTE_BYTES) {
            throw new RefusedException(Reason.TOO_LARGE, "the event's other fields have " + sizeBytes
                    + " bytes of UTF-8 in all, more than " + MAX_ATTRIBUTE_BYTES);
        }
    }

    private static long sizeChecked(String field, String value) {
        if (value == null) {
            return 0;
        }
        checkWellFormed(field, value);
        return Utf8.sizeBytes(value);
    }
}
