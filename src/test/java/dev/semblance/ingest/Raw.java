package dev.semblance.ingest;

import dev.semblance.config.Config;
import dev.semblance.config.Config.TextsFormat;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Records and settings for the tests of this room: topic texts, partition 3, offset 17, key "k", limit 100 bytes. */
final class Raw {

    static final long NOW_MS = Instant.parse("2024-05-01T12:00:00Z").toEpochMilli();
    static final long KAFKA_MS = Instant.parse("2024-05-01T11:59:00Z").toEpochMilli();
    static final int MAX_BYTES = 100;

    private Raw() {}

    static Config.Texts texts(TextsFormat format) {
        return new Config.Texts(format, null, null, null, null, MAX_BYTES, Duration.ofMinutes(10));
    }

    static RawRecord of(byte[] key, byte[] value, long timestampMs) {
        return new RawRecord(new SourcePosition("texts", 3, 17), timestampMs, key, value, List.of());
    }

    static RawRecord of(byte[] value) {
        return of(utf8("k"), value, KAFKA_MS);
    }

    static RawRecord of(String value) {
        return of(utf8(value));
    }

    static RawRecord of(String key, String value) {
        return of(utf8(key), utf8(value), KAFKA_MS);
    }

    static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
