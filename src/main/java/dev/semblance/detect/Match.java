package dev.semblance.detect;

import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;
import java.util.Objects;

/**
 * The original that an event repeats.
 *
 * @param cosine      of the two vectors; below the threshold only where the kind is EXACT
 * @param clusterSize members of the original's cluster so far, the original and this event included
 */
public record Match(Original original, MatchKind kind, float cosine, long clusterSize) {

    public Match {
        Objects.requireNonNull(original, "original");
        Objects.requireNonNull(kind, "kind");
    }
}
