package dev.semblance.detect;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A probe, or a delete, and its place in the one order that all shards follow.
 *
 * @param sequence     from 1, ascending by 1
 * @param streamTimeMs largest event time of all up to this one
 * @param timestampMs  of its Kafka record
 * @param quiet        whether nothing is to be written about it
 * @param key          event id, UTF-8
 * @param value        the embedding, as on the embeddings topic; null for a delete
 */
record Turn(long sequence, long streamTimeMs, long timestampMs, boolean quiet, byte[] key, byte[] value) {

    Turn {
        Objects.requireNonNull(key, "key");
    }

    String id() {
        return new String(key, StandardCharsets.UTF_8);
    }

    boolean isDelete() {
        return value == null;
    }

    long sizeBytes() {
        return key.length + (value == null ? 0 : value.length);
    }
}
