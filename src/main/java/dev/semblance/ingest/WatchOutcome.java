package dev.semblance.ingest;

import dev.semblance.record.Rejection;
import dev.semblance.record.Watch;

/** What one record of the watches topic came to. */
public sealed interface WatchOutcome {

    /** Added, or put in the place of the watch with the same id. */
    record Accepted(Watch watch) implements WatchOutcome {}

    /** The record had no value: the watch of that id is no more. */
    record Removed(String id) implements WatchOutcome {}

    /** Becomes a dead letter. */
    record Rejected(Rejection rejection) implements WatchOutcome {}
}
