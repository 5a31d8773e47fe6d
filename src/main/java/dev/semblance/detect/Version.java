package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.window.Original;

/** An original that an event of the same id takes the place of, as far as the event goes on from it. */
record Version(TextHash textHash, ModelIdentity model, long lastSeenMs) {

    static Version of(Original original) {
        return new Version(original.textHash(), original.model(), original.lastSeenMs());
    }

    /** Whether the event is a second delivery: its cluster and its last-seen time go on. */
    boolean goesOnIn(Embedding event) {
        return textHash.equals(event.textHash()) && MatchRules.sameSpace(model, event.model());
    }
}
