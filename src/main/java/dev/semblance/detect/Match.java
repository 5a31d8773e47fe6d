package dev.semblance.detect;

import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;
import java.util.Objects;

/**
 * The original that an event repeats.
 *
 * @param cosine      of the two vectors; below the threshold only where the kind is EXACT
 * @param similarity  the cosine, or, with decay, what the time between the two has left of it
 * @param clusterSize members of the original's cluster so far, the original and this event included
 */
public record Match(Original original, MatchKind kind, float cosine, float similarity, long clusterSize) {

    public Match {
        Objects.requireNonNull(original, "original");
        Objects.requireNonNull(kind, "kind");
    }
}
