package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;

/** An original that an event may repeat. */
record Candidate(Original original, MatchKind kind, float cosine) {

    /** EXACT before NEAR before VARIANT, then the closer one, then the earlier by time and id. */
    static boolean better(Original original, MatchKind kind, float cosine, Candidate than) {
        if (than == null) {
            return true;
        }
        int byKind = kind.compareTo(than.kind);
        if (byKind != 0) {
            return byKind < 0;
        }
        if (cosine != than.cosine) {
            return cosine > than.cosine;
        }
        int byTime = Long.compare(original.eventTimeMs(), than.original.eventTimeMs());
        return byTime != 0 ? byTime < 0 : original.id().compareTo(than.original.id()) < 0;
    }

    static Candidate best(Candidate than, Original original, MatchKind kind, float cosine) {
        return better(original, kind, cosine, than) ? new Candidate(original, kind, cosine) : than;
    }

    /** Of a pair whose cosine reaches the threshold, or whose normalised texts are equal. */
    static MatchKind kind(Embedding event, Original original) {
        if (event.textHash().equals(original.textHash())) {
            return MatchKind.EXACT;
        }
        return event.figuresHash() == original.figuresHash() ? MatchKind.NEAR : MatchKind.VARIANT;
    }
}
