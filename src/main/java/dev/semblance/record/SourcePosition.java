package dev.semblance.record;

import java.util.Objects;

/** Coordinates of one Kafka record: what a reader needs to fetch it again. */
public record SourcePosition(String topic, int partition, long offset) {

    public SourcePosition {
        Objects.requireNonNull(topic, "topic");
    }

    /** A deterministic event id for records that bring none: the same record replayed gives the same id. */
    public String asEventId() {
        return topic + "-" + partition + "-" + offset;
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
