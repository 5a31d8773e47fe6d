package dev.semblance.detect;

import dev.semblance.record.Embedding;
import java.util.Objects;

/**
 * What became of an event.
 *
 * @param match      null unless the outcome is DUPLICATE
 * @param suppressed whether the event is kept from the unique stream; never for UNIQUE and LATE. Callers decide what
 *                   becomes of LATE events
 */
public record Verdict(Embedding event, Outcome outcome, Match match, boolean suppressed) {

    /** The three ways. */
    public enum Outcome {
        /** Nothing in the window comes close. */
        UNIQUE,
        /** There is an original; the kind of the match decides whether the event is suppressed. */
        DUPLICATE,
        /** Older than window and grace: neither matched nor remembered. */
        LATE
    }

    public Verdict {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(outcome, "outcome");
        if ((match != null) != (outcome == Outcome.DUPLICATE)) {
            throw new IllegalArgumentException("outcome " + outcome + " with match " + match);
        }
    }
}
