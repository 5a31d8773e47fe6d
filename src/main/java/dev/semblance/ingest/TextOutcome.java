package dev.semblance.ingest;

import dev.semblance.record.Rejection;
import dev.semblance.record.TextEvent;

/** What one event of the texts topic came to. */
public sealed interface TextOutcome {

    /** Goes on; its text is there, not blank, and within {@code text.max.bytes}. */
    record Accepted(TextEvent event) implements TextOutcome {}

    /** The record had a key and no value: forget the event of that id. */
    record Deleted(String id) implements TextOutcome {}

    /** Becomes a dead letter. */
    record Rejected(Rejection rejection) implements TextOutcome {}
}
