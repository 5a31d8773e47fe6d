package dev.semblance.record;

import dev.semblance.record.RawRecord.RawHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A record that cannot go on: its original key, value and headers untouched, and why, in further headers.
 *
 * @param stage {@code embed} or {@code detect}
 */
public record DeadLetter(RawRecord raw, String stage, Rejection rejection) {

    public static final String ERROR_CLASS = "semblance.error.class";
    public static final String ERROR_MESSAGE = "semblance.error.message";
    public static final String STAGE = "semblance.stage";
    public static final String SOURCE_TOPIC = "semblance.source.topic";
    public static final String SOURCE_PARTITION = "semblance.source.partition";
    public static final String SOURCE_OFFSET = "semblance.source.offset";
    public static final String SOURCE_TIMESTAMP = "semblance.source.timestamp";
    /** Only where the value had to be cut: its original size in bytes. */
    public static final String CUT_FROM_BYTES = "semblance.value.cut.from.bytes";

    /** Larger records are neither held in a slot nor repeated whole: no topic of ours would take them. */
    public static final int MAX_RECORD_BYTES = 4 << 20;
    private static final int CUT_VALUE_BYTES = 1 << 20;
    private static final int MAX_MESSAGE_CHARS = 2_000;

    public DeadLetter {
        Objects.requireNonNull(raw, "raw");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(rejection, "rejection");
    }

    /** The refusal of a record that is larger than any of our topics takes; empty for all others. */
    public static Optional<Rejection> tooLarge(RawRecord raw) {
        return raw.sizeBytes() <= MAX_RECORD_BYTES
                ? Optional.empty()
                : Optional.of(new Rejection(Rejection.Reason.TOO_LARGE, "the record has " + raw.sizeBytes()
                        + " bytes, more than the " + MAX_RECORD_BYTES + " that a record may have here"));
    }

    /** The original bytes; the first {@value #CUT_VALUE_BYTES} of them where the record is too large to repeat. */
    public byte[] value() {
        return isCut() ? Arrays.copyOf(raw.value(), CUT_VALUE_BYTES) : raw.value();
    }

    private boolean isCut() {
        return raw.sizeBytes() > MAX_RECORD_BYTES && raw.value() != null && raw.value().length > CUT_VALUE_BYTES;
    }

    /** The record's own headers (left out where it is too large), then ours; every value is UTF-8 text. */
    public List<RawHeader> headers() {
        List<RawHeader> headers = new ArrayList<>(raw.sizeBytes() > MAX_RECORD_BYTES ? List.of() : raw.headers());
        add(headers, ERROR_CLASS, rejection.reason().name());
        add(headers, ERROR_MESSAGE, shortened(rejection.message()));
        if (isCut()) {
            add(headers, CUT_FROM_BYTES, Integer.toString(raw.value().length));
        }
        add(headers, STAGE, stage);
        add(headers, SOURCE_TOPIC, raw.source().topic());
        add(headers, SOURCE_PARTITION, Integer.toString(raw.source().partition()));
        add(headers, SOURCE_OFFSET, Long.toString(raw.source().offset()));
        add(headers, SOURCE_TIMESTAMP, Long.toString(raw.timestampMs()));
        return headers;
    }

    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS) + "…";
    }

    private static void add(List<RawHeader> headers, String key, String value) {
        headers.add(new RawHeader(key, value.getBytes(StandardCharsets.UTF_8)));
    }
}
