package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;
import java.util.Objects;

/**
 * An original that an event may repeat, or the other one of a pair, as one shard tells another.
 *
 * @param text       null where texts are not kept
 * @param similarity the cosine, or what decay has left of it
 */
record Found(String id, long timeMs, String text, MatchKind kind, float cosine, float similarity) {

    Found {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(kind, "kind");
    }

    static Found of(Candidate candidate) {
        return of(candidate.original(), candidate.kind(), candidate.cosine(), candidate.similarity());
    }

    static Found of(Pair pair) {
        return of(pair.other(), pair.kind(), pair.cosine(), pair.similarity());
    }

    private static Found of(Original original, MatchKind kind, float cosine, float similarity) {
        return new Found(original.id(), original.eventTimeMs(), original.text(), kind, cosine, similarity);
    }

    Rank rank() {
        return new Rank(kind, similarity, timeMs, id);
    }

    static Rank rank(Found found) {
        return found == null ? null : found.rank();
    }

    /** Whether it is the earlier one by (time, id). */
    boolean precedes(Embedding event) {
        return precedes(timeMs, id, event);
    }

    static boolean precedes(long timeMs, String id, Embedding event) {
        int byTime = Long.compare(timeMs, event.event().eventTimeMs());
        return byTime != 0 ? byTime < 0 : id.compareTo(event.event().id()) < 0;
    }
}
