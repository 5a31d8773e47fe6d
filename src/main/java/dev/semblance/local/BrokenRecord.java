package dev.semblance.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** Records that no decoder may accept, one of each kind that a stream brings sooner or later. */
enum BrokenRecord {
    CUT_JSON,
    EMPTY_TEXT,
    BLANK_TEXT,
    MISSING_TEXT,
    INVALID_UTF8,
    FAR_FUTURE,
    TOO_LARGE,
    BROKEN_AVRO;

    /** Beyond the program's default limit of 65,536. */
    private static final int LARGE_TEXT_BYTES = 70_000;
    /** Further than any skew that can be configured. */
    private static final Duration FUTURE = Duration.ofDays(40_000);

    byte[] value(String id, String user, Instant time) {
        return switch (this) {
            case CUT_JSON -> {
                byte[] whole = SyntheticFeed.json(id, "this sentence will never be", time, user);
                yield Arrays.copyOf(whole, whole.length * 2 / 3);
            }
            case EMPTY_TEXT -> SyntheticFeed.json(id, "", time, user);
            case BLANK_TEXT -> SyntheticFeed.json(id, " \t\u2003\n", time, user);
            case MISSING_TEXT -> SyntheticFeed.json(id, null, time, user);
            case INVALID_UTF8 -> invalidUtf8(id, time, user);
            case FAR_FUTURE -> SyntheticFeed.json(id, "greetings from a clock that is wrong", time.plus(FUTURE), user);
            case TOO_LARGE -> SyntheticFeed.json(id, "far too much of this ".repeat(LARGE_TEXT_BYTES / 20), time, user);
            case BROKEN_AVRO -> brokenAvro(id);
        };
    }

    /** The text's only ü loses the second of its two bytes. */
    private static byte[] invalidUtf8(String id, Instant time, String user) {
        byte[] json = SyntheticFeed.json(id, "a letter in two bytes: ü", time, user);
        for (int i = 0; i < json.length; i++) {
            if (json[i] == (byte) 0xc3) {
                json[i + 1] = '(';
            }
        }
        return json;
    }

    /** The mark of single-object encoding, a fingerprint of no schema, and a string longer than the record. */
    private static byte[] brokenAvro(String id) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[]{(byte) 0xc3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, (byte) 0xfe, 0x7f});
        bytes.writeBytes(id.getBytes(UTF_8));
        return bytes.toByteArray();
    }
}
