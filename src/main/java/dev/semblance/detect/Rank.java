package dev.semblance.detect;

import dev.semblance.record.MatchKind;

/**
 * How good a match is: EXACT before NEAR before VARIANT, then the more similar one, then the earlier original by time and id.
 * The best comes first.
 */
record Rank(MatchKind kind, float similarity, long timeMs, String id) implements Comparable<Rank> {

    @Override
    public int compareTo(Rank other) {
        return compare(kind, similarity, timeMs, id, other.kind, other.similarity, other.timeMs, other.id);
    }

    /** Whether a match beats another one, null for none. */
    boolean beats(Rank other) {
        return other == null || compareTo(other) < 0;
    }

    static int compare(MatchKind kindA, float similarityA, long timeA, String idA, MatchKind kindB, float similarityB,
            long timeB, String idB) {
        int byKind = kindA.compareTo(kindB);
        if (byKind != 0) {
            return byKind;
        }
        if (similarityA != similarityB) {
            return similarityA > similarityB ? -1 : 1;
        }
        int byTime = Long.compare(timeA, timeB);
        return byTime != 0 ? byTime : idA.compareTo(idB);
    }
}
