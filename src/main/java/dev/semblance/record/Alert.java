package dev.semblance.record;

import java.util.List;
import java.util.Objects;

/**
 * What a consumer of the alerts topic learns, complete in itself.
 *
 * @param eventId        the event that the alert is about
 * @param originalId     the original it repeats, or the id of the watch
 * @param matchKind      null for WATCH
 * @param cosine         of the two vectors, −1 … 1
 * @param threshold      the threshold that was in force
 * @param eventTimeMs    event time of the event
 * @param originalTimeMs event time of the original; later than {@code eventTimeMs} where events came out of order. For
 *                       WATCH the append time from which this version of the watch is in force
 * @param clusterSize    members of the original's cluster so far, the original and this event included; 0 for WATCH
 * @param suppressed     whether the event was kept from the unique topic
 * @param onlyInEvent    words of the event that the original lacks, in order, a bounded number
 * @param onlyInOriginal words of the original that the event lacks, in order, a bounded number
 * @param text           the event's text, null where texts are not kept
 * @param originalText   the original's text, null where texts are not kept
 * @param labels         labels of the watch; empty otherwise
 * @param model          the model of both vectors
 * @param ratePerHour    copies an hour in the cluster, from the original to this event; null for other kinds than BURST,
 *                       and where the event is not later than the original
 * @param similarity     what was held against the threshold where similarities decay: the cosine times
 *                       2^(−Δt / half-life); null without decay
 */
public record Alert(AlertKind kind, String eventId, String originalId, MatchKind matchKind, double cosine,
        double threshold, long eventTimeMs, long originalTimeMs, long clusterSize, boolean suppressed,
        List<String> onlyInEvent, List<String> onlyInOriginal, String text, String originalText, List<String> labels,
        ModelIdentity model, Double ratePerHour, Double similarity) {

    public Alert {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(originalId, "originalId");
        onlyInEvent = List.copyOf(onlyInEvent);
        onlyInOriginal = List.copyOf(onlyInOriginal);
        labels = List.copyOf(labels);
    }

    /** An alert of another kind than BURST, without decay. */
    public Alert(AlertKind kind, String eventId, String originalId, MatchKind matchKind, double cosine,
            double threshold, long eventTimeMs, long originalTimeMs, long clusterSize, boolean suppressed,
            List<String> onlyInEvent, List<String> onlyInOriginal, String text, String originalText,
            List<String> labels, ModelIdentity model) {
        this(kind, eventId, originalId, matchKind, cosine, threshold, eventTimeMs, originalTimeMs, clusterSize,
                suppressed, onlyInEvent, onlyInOriginal, text, originalText, labels, model, null, null);
    }
}
