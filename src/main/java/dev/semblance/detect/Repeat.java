package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import java.util.Objects;

/**
 * An event that repeats an original: all that an alert says but the size of the cluster.
 *
 * @param eventText    null where texts are not kept
 * @param model        of both vectors
 * @param originalText null where texts are not kept
 * @param similarity   the cosine, or what decay has left of it
 * @param suppressed   whether the event is kept from the unique topic
 */
record Repeat(String eventId, long eventTimeMs, String eventText, ModelIdentity model, String originalId,
        long originalTimeMs, String originalText, MatchKind kind, float cosine, float similarity, boolean suppressed) {

    Repeat {
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(originalId, "originalId");
        Objects.requireNonNull(kind, "kind");
    }

    static Repeat of(Embedding event, Candidate best, boolean suppressed) {
        return of(event, Found.of(best), suppressed);
    }

    static Repeat of(Embedding event, Found best, boolean suppressed) {
        return new Repeat(event.event().id(), event.event().eventTimeMs(), event.event().text(), event.model(),
                best.id(), best.timeMs(), best.text(), best.kind(), best.cosine(), best.similarity(), suppressed);
    }
}
