package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.window.Original;

/**
 * Which originals an event may repeat.
 *
 * <ul>
 * <li>An original stands for the time from its own to when it was last seen. An event may repeat it that lies at most one
 * window from that time, before or after it, and has another id.
 * <li>With decay, the similarity is the cosine times 2^(−Δt / half-life), Δt being the time between the event and that of
 * the original. It has to reach the threshold. Of equal texts the decay alone has to: as without decay, their vectors
 * don't matter.
 * </ul>
 *
 * <p>Thread: immutable.
 */
final class CandidateRules {

    private final float threshold;
    private final Decay decay;
    private final long reachMs;

    CandidateRules(Config.Detect rules) {
        threshold = (float) rules.threshold();
        decay = new Decay(rules.decayHalfLife().toMillis());
        reachMs = decay.reachMs(rules.window().toMillis(), threshold);
    }

    /** How long after it was last seen an original may be repeated: one window, or less with decay. */
    long reachMs() {
        return reachMs;
    }

    boolean decays() {
        return decay.isOn();
    }

    /**
     * The original as a candidate; null where the event cannot repeat it.
     *
     * @param cosine of the two; of unequal texts at least the threshold
     */
    Candidate candidate(Embedding event, Original original, float cosine) {
        return original.id().equals(event.event().id())
                ? null
                : candidate(event.event().eventTimeMs(), Candidate.kind(event, original), original, cosine);
    }

    /** The same for an event of that time and of another id, which matches the original in that way. */
    Candidate candidate(long timeMs, MatchKind kind, Original original, float cosine) {
        long apartMs = apartMs(timeMs, original);
        if (apartMs > reachMs) {
            return null;
        }
        float similarity = decay.similarity(cosine, apartMs);
        if (decay.isOn() && (kind == MatchKind.EXACT ? decay.similarity(1, apartMs) : similarity) < threshold) {
            return null;
        }
        return new Candidate(original, kind, cosine, similarity);
    }

    /** Whether an original has come closer to an event, or into its reach, by being seen again. */
    boolean hasComeCloser(Embedding event, Original before) {
        return event.event().eventTimeMs() - before.lastSeenMs() > (decay.isOn() ? 0 : reachMs);
    }

    private static long apartMs(long timeMs, Original original) {
        return Math.max(0, Math.max(timeMs - original.lastSeenMs(), original.eventTimeMs() - timeMs));
    }
}
