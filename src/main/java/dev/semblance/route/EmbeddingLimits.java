package dev.semblance.route;

import dev.semblance.codec.VectorCheck;
import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What the embed stage guarantees of its embeddings, held once more for those that others write: one record must not
 * empty the window, outgrow the memory or hide from its own deletes. Thread: immutable.
 */
final class EmbeddingLimits {

    private static final int MAX_ID_BYTES = 1_024;
    private static final int MAX_DIMENSION = 16_384;
    /** The clock that let an event through may have been a little ahead of this one. */
    private static final long CLOCK_TOLERANCE_MS = 60_000;

    private final Config.Texts texts;
    private final LongSupplier wallClockMs;

    EmbeddingLimits(Config.Texts texts, LongSupplier wallClockMs) {
        this.texts = texts;
        this.wallClockMs = wallClockMs;
    }

    Optional<Rejection> check(byte[] key, Embedding embedding) {
        String id = embedding.event().id();
        byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
        // Deletes go by key: a vector under another key could never be purged.
        if (!Arrays.equals(key, idBytes)) {
            return refused(Reason.INVALID_ID, "field id is '" + id + "', but the record's key is '"
                    + new String(key, StandardCharsets.UTF_8) + "': they have to be equal");
        }
        if (idBytes.length > MAX_ID_BYTES) {
            return refused(Reason.INVALID_ID,
                    "field id has " + idBytes.length + " bytes, more than the " + MAX_ID_BYTES + " allowed");
        }
        long timeMs = embedding.event().eventTimeMs();
        if (timeMs < 0) {
            return refused(Reason.INVALID_TIMESTAMP, "field event_time_ms is " + timeMs + "; expected 0 or more");
        }
        long latestMs = wallClockMs.getAsLong() + texts.maxFutureSkew().toMillis() + CLOCK_TOLERANCE_MS;
        if (timeMs > latestMs) {
            return refused(Reason.FUTURE_TIMESTAMP, "field event_time_ms is " + timeMs + ", later than " + latestMs
                    + ": now, max.future.skew and a minute for clocks that differ");
        }
        if (embedding.model().dimension() > MAX_DIMENSION) {
            return refused(Reason.INVALID_VECTOR, "field model.dimension is " + embedding.model().dimension()
                    + ", more than the " + MAX_DIMENSION + " that the window takes");
        }
        String text = embedding.event().text();
        // At most four bytes a code point, two of them a char at least: the cheap bound first.
        if (text != null && text.length() > texts.maxBytes() / 4
                && text.getBytes(StandardCharsets.UTF_8).length > texts.maxBytes()) {
            return refused(Reason.TOO_LARGE, "field text has more than the " + texts.maxBytes()
                    + " bytes of text.max.bytes");
        }
        return VectorCheck.check(embedding);
    }

    private static Optional<Rejection> refused(Reason reason, String message) {
        return Optional.of(new Rejection(reason, message));
    }
}
