package dev.semblance.record;

import java.util.Objects;

/**
 * Why a record cannot go on. It becomes a dead letter; the stream goes on.
 *
 * @param message names the field, the value (shortened) and the limit, and what to do where that is known
 */
public record Rejection(Reason reason, String message) {

    public Rejection {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(message, "message");
    }

    /** Stable names: they are the {@code semblance.error.class} header of a dead letter and a tag of its meter. */
    public enum Reason {
        /** Null value and null key: nothing to delete. */
        NULL_RECORD,
        /** Bytes that are not what their framing or the configured format says. */
        MALFORMED,
        /** Avro bytes whose schema is not known here. */
        UNKNOWN_SCHEMA,
        /** No text field, or a null one. */
        MISSING_TEXT,
        /** An empty text, or white space only. */
        EMPTY_TEXT,
        /** Longer than {@code text.max.bytes}, or more events in one record than allowed. */
        TOO_LARGE,
        /** Not valid UTF-8. */
        INVALID_UTF8,
        /** A time that cannot be read, or is negative. */
        INVALID_TIMESTAMP,
        /** Further ahead of the wall clock than {@code max.future.skew}. */
        FUTURE_TIMESTAMP,
        /** An event id that is empty or too long. */
        INVALID_ID,
        /** A watch whose threshold or labels are out of range. */
        INVALID_WATCH,
        /** The tokenizer or the model rejects this one text. */
        POISON_TEXT,
        /** NaN, infinite, zero, or of the wrong dimension. */
        INVALID_VECTOR
    }
}
