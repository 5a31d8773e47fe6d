package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import java.util.Set;

/**
 * The rules of mode DEDUP.
 *
 * @param candidates which originals an event may repeat
 * @param lateMs     how far behind stream time an event is late
 * @param keptMs     how far behind stream time originals are kept
 * @param threshold  of the cosine
 * @param suppressed kinds that are kept from the unique topic
 */
record MatchRules(CandidateRules candidates, long lateMs, long keptMs, float threshold, Set<MatchKind> suppressed) {

    static MatchRules of(Config.Detect rules) {
        CandidateRules candidates = new CandidateRules(rules);
        return new MatchRules(candidates, lateMs(rules), candidates.reachMs() + rules.grace().toMillis(),
                (float) rules.threshold(), rules.suppressedKinds());
    }

    /** Window and grace, in any mode. */
    static long lateMs(Config.Detect rules) {
        return rules.window().plus(rules.grace()).toMillis();
    }

    /** @param streamTimeMs largest event time before it; {@code Long.MIN_VALUE} at first */
    static boolean isLate(long streamTimeMs, long timeMs, long lateMs) {
        return streamTimeMs != Long.MIN_VALUE && streamTimeMs - timeMs > lateMs;
    }

    /** Whether an original last seen then has not expired. */
    boolean isAlive(long lastSeenMs, long streamTimeMs) {
        return lastSeenMs >= streamTimeMs - keptMs;
    }

    boolean suppresses(MatchKind kind) {
        return suppressed.contains(kind);
    }

    static boolean sameSpace(ModelIdentity a, ModelIdentity b) {
        return a.comparableWith(b) && a.dimension() == b.dimension();
    }
}
