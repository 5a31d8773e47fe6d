package dev.semblance.detect;

import dev.semblance.codec.VectorCheck;
import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.window.Original;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.WindowEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Decides which events repeat an original of the window.
 *
 * <ul>
 * <li>Stream time is the largest event time decided. An event more than window + grace behind it is LATE.
 * <li>An event's candidates are the originals last seen at most one window before it, and, where events come out of
 * order, those at most one window later. An original exactly one window old still matches. With decay, similarity has
 * to reach the threshold after what the time between the two has taken from it ({@link CandidateRules}).
 * <li>A candidate matches where the normalised texts are equal (EXACT, whatever the cosine), or the cosine reaches the
 * threshold: NEAR where numbers and tickers agree, else VARIANT. The best match is the strongest kind, then the highest
 * similarity, then the earliest by (time, id). It counts in the original's cluster.
 * <li>Where its kind is among the suppressed ones, the event stops here. Otherwise it passes and is an original itself.
 * So clusters are stars around originals, never chains: similarity is not transitive.
 * <li>An event with the id of a live original is a second delivery or an edit of it: it is never compared with itself and
 * takes its place, or, where it now repeats another original, leaves the window.
 * <li>Originals are kept for window + grace behind stream time, or for as long as they are repeated, with
 * {@code refresh}; with decay for less, where similarities fall below the threshold before.
 * </ul>
 *
 * A batch is scanned against the window once and then decided event by event, with what the events before it in the batch
 * changed taken into account: the verdicts are those of deciding one at a time.
 *
 * <p>Thread: the owner's of the window.
 */
public final class Deduplicator {

    /**
     * An event and its place among the probes of its batch.
     *
     * @param number row of the probes
     */
    record Row(Embedding event, VectorWindow.Probes probes, int number) {}

    private final Config.Detect rules;
    private final MatchRules match;
    private final CandidateRules candidates;
    private final VectorWindow window;
    private final ClusterSizes clusters;
    private long streamTimeMs;

    /** @param streamTimeMs largest event time decided before a restart; {@code Long.MIN_VALUE} at first */
    public Deduplicator(Config.Detect rules, VectorWindow window, ClusterSizes clusters, long streamTimeMs) {
        this.rules = rules;
        this.match = MatchRules.of(rules);
        this.candidates = match.candidates();
        this.window = window;
        this.clusters = clusters;
        this.streamTimeMs = streamTimeMs;
    }

    /**
     * Decides events in the order given.
     *
     * @return one verdict an event, in the same order
     * @throws IllegalArgumentException where a vector would fail {@link VectorCheck}; nothing has been decided then
     */
    public List<Verdict> decide(List<Embedding> batch) {
        for (Embedding e : batch) {
            VectorCheck.check(e).ifPresent(r -> {
                throw new IllegalArgumentException(r.message());
            });
        }
        List<Row> rows = rows(batch);
        Candidate[] found = scan(rows);
        BatchChanges changes = new BatchChanges();
        List<Verdict> verdicts = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            verdicts.add(decide(rows.get(i), found[i], changes));
        }
        return verdicts;
    }

    /** The events with their probes, in their order. One set of probes a model. */
    private List<Row> rows(List<Embedding> batch) {
        Row[] rows = new Row[batch.size()];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] == null) {
                ModelIdentity model = batch.get(i).model();
                int[] same = IntStream.range(i, rows.length)
                        .filter(k -> MatchRules.sameSpace(batch.get(k).model(), model))
                        .toArray();
                VectorWindow.Probes probes = window.prepare(
                        Arrays.stream(same).mapToObj(k -> batch.get(k).vector()).toList(), model, match.threshold());
                for (int k = 0; k < same.length; k++) {
                    rows[same[k]] = new Row(batch.get(same[k]), probes, k);
                }
            }
        }
        return List.of(rows);
    }

    private Verdict decide(Row row, Candidate found, BatchChanges changes) {
        Embedding event = row.event();
        long timeMs = event.event().eventTimeMs();
        if (MatchRules.isLate(streamTimeMs, timeMs, match.lateMs())) {
            return new Verdict(event, Verdict.Outcome.LATE, null, false);
        }
        streamTimeMs = Math.max(streamTimeMs, timeMs);
        window.expireBefore(streamTimeMs - match.keptMs(), clusters::remove);

        Candidate best = best(row, found, changes);
        if (best == null) {
            insert(row, changes);
            return new Verdict(event, Verdict.Outcome.UNIQUE, null, false);
        }
        Original original = best.original();
        Match repeats = new Match(original, best.kind(), best.cosine(), best.similarity(),
                clusters.add(original.id()));
        if (rules.refresh() && original.lastSeenMs() < timeMs) {
            window.refresh(original.id(), timeMs);
            changes.refreshed(original);
        }
        boolean suppressed = match.suppresses(best.kind());
        if (suppressed) {
            delete(event.event().id());
        } else {
            insert(row, changes);
        }
        return new Verdict(event, Verdict.Outcome.DUPLICATE, repeats, suppressed);
    }

    /** The best candidate in the window as it is now, given the best one in the window as it was before the batch. */
    private Candidate best(Row row, Candidate found, BatchChanges changes) {
        Embedding event = row.event();
        Candidate best = found;
        if (found != null) {
            Original now = changes.inserted(found.original().id()) ? null : window.get(found.original().id());
            best = now == null ? scan(row) : candidates.candidate(event, now, found.cosine());
        }
        for (Original before : changes.refreshed()) {
            if (candidates.hasComeCloser(event, before)) {
                best = consider(row, before.id(), best);
            }
        }
        BatchChanges.Best nearest = new BatchChanges.Best(best);
        changes.search(row, (original, cosine) -> {
            Original now = window.get(original.id());
            if (now != null) {
                nearest.offer(candidates.candidate(event, now, cosine));
            }
        });
        best = nearest.get();
        if (best == null || best.kind() != MatchKind.EXACT || candidates.decays()) {
            // Equal texts whose vectors are not close. With an EXACT match in hand they could only be farther away, but
            // for decay: that prefers the recent one.
            for (Original original : window.exact(event.textHash(), event.model())) {
                best = Candidate.best(best,
                        candidates.candidate(event, original, window.cosine(original.id(), event.vector())));
            }
        }
        return best;
    }

    /** An original whose last-seen time moved during the batch may have become a candidate since the scan. */
    private Candidate consider(Row row, String id, Candidate best) {
        Original now = window.get(id);
        if (now == null || !MatchRules.sameSpace(now.model(), row.event().model())) {
            return best;
        }
        float cosine = window.match(id, row.probes(), row.number());
        return Float.isNaN(cosine) ? best : Candidate.best(best, candidates.candidate(row.event(), now, cosine));
    }

    /** The best candidate of each event in the window as it is, null where there is none. One scan a model. */
    private Candidate[] scan(List<Row> batch) {
        Candidate[] best = new Candidate[batch.size()];
        Set<VectorWindow.Probes> done = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Row first : batch) {
            if (done.add(first.probes())) {
                int[] places = IntStream.range(0, best.length).filter(i -> batch.get(i).probes() == first.probes())
                        .toArray();
                window.search(first.probes(), (query, original, cosine) -> {
                    int i = places[query];
                    best[i] = Candidate.best(best[i], candidates.candidate(batch.get(i).event(), original, cosine));
                });
            }
        }
        return best;
    }

    /** The best candidate of one event in the window as it is now. */
    private Candidate scan(Row row) {
        Candidate[] best = new Candidate[1];
        window.search(row.probes(), row.number(),
                (_, original, cosine) -> best[0] = Candidate.best(best[0],
                        candidates.candidate(row.event(), original, cosine)));
        return best[0];
    }

    private void insert(Row row, BatchChanges changes) {
        Embedding e = row.event();
        String id = e.event().id();
        long lastSeenMs = e.event().eventTimeMs();
        Original previous = window.get(id);
        if (previous != null) {
            if (previous.textHash().equals(e.textHash()) && MatchRules.sameSpace(previous.model(), e.model())) {
                lastSeenMs = Math.max(lastSeenMs, previous.lastSeenMs());
            } else {
                clusters.remove(id);
            }
        }
        WindowEntry entry = new WindowEntry(id, e.event().eventTimeMs(), lastSeenMs, e.model(), e.vector(),
                e.textHash(), e.figuresHash(), e.event().text());
        window.insert(entry);
        changes.insert(entry, row);
    }

    /**
     * Purges an event: it can no longer be the original of anything.
     *
     * @return whether it was a live original
     */
    public boolean delete(String id) {
        boolean wasLive = window.remove(id);
        if (wasLive) {
            clusters.remove(id);
        }
        return wasLive;
    }

    /** Largest event time decided; {@code Long.MIN_VALUE} before the first. */
    public long streamTimeMs() {
        return streamTimeMs;
    }
}
