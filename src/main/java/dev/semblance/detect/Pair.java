package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;
import java.util.Objects;

/**
 * Two events of the window that are similar.
 *
 * @param event      the one that was decided later
 * @param other      the one that was there already; not always the earlier one, where events come out of order
 * @param cosine     of the two vectors
 * @param similarity the cosine, or, with decay, what the time between the two has left of it; at least the threshold
 */
public record Pair(Embedding event, Original other, MatchKind kind, float cosine, float similarity) {

    public Pair {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(other, "other");
        Objects.requireNonNull(kind, "kind");
    }

    /** Whether the event is the later one by (time, id). */
    public boolean inOrder() {
        return Found.precedes(other.eventTimeMs(), other.id(), event);
    }

    /** Id of the earlier one by (time, id). */
    public String earlierId() {
        return inOrder() ? other.id() : event.event().id();
    }

    /** Id of the later one by (time, id). */
    public String laterId() {
        return inOrder() ? event.event().id() : other.id();
    }
}
