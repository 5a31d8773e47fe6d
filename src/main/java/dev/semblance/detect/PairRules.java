package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.window.Original;

/**
 * When two events are a pair.
 *
 * @param lateMs     how far behind stream time an event is late
 * @param reachMs    how far apart in time the events of a pair can be
 * @param keptMs     how far behind stream time events are kept
 * @param decay      of the similarity
 * @param threshold  of the similarity
 */
record PairRules(long lateMs, long reachMs, long keptMs, Decay decay, float threshold) {

    static PairRules of(Config.Detect rules) {
        Decay decay = new Decay(rules.decayHalfLife().toMillis());
        float threshold = (float) rules.threshold();
        long reachMs = decay.reachMs(rules.window().toMillis(), threshold);
        return new PairRules(MatchRules.lateMs(rules), reachMs, reachMs + rules.grace().toMillis(), decay, threshold);
    }

    /**
     * Null where the two are no pair.
     *
     * @param other        decided before the event
     * @param streamTimeMs as of the event
     */
    Pair pair(Embedding event, Original other, float cosine, long streamTimeMs) {
        long apartMs = Math.abs(event.event().eventTimeMs() - other.eventTimeMs());
        if (apartMs > reachMs || !isAlive(other, streamTimeMs)) {
            return null;
        }
        float similarity = decay.similarity(cosine, apartMs);
        return similarity >= threshold
                ? new Pair(event, other, Candidate.kind(event, other), cosine, similarity)
                : null;
    }

    boolean isAlive(Original other, long streamTimeMs) {
        return other.eventTimeMs() >= streamTimeMs - keptMs;
    }

    /** Whether an event is the second delivery of one that is live: it gives no pairs again. */
    static boolean isSecondDelivery(Embedding e, Original live) {
        return live != null && live.eventTimeMs() == e.event().eventTimeMs() && live.textHash().equals(e.textHash())
                && MatchRules.sameSpace(live.model(), e.model());
    }
}
