package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;

/**
 * An original that an event may repeat.
 *
 * @param similarity the cosine, or, with decay, what the time between the two has left of it
 */
record Candidate(Original original, MatchKind kind, float cosine, float similarity) {

    /** The better one of two, of which either may be null. */
    static Candidate best(Candidate a, Candidate b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return b.betterThan(a) ? b : a;
    }

    /** In the order of {@link Rank}. */
    private boolean betterThan(Candidate other) {
        return Rank.compare(kind, similarity, original.eventTimeMs(), original.id(), other.kind, other.similarity,
                other.original.eventTimeMs(), other.original.id()) < 0;
    }

    /** Of a pair whose cosine reaches the threshold, or whose normalised texts are equal. */
    static MatchKind kind(Embedding event, Original original) {
        if (event.textHash().equals(original.textHash())) {
            return MatchKind.EXACT;
        }
        return event.figuresHash() == original.figuresHash() ? MatchKind.NEAR : MatchKind.VARIANT;
    }
}
