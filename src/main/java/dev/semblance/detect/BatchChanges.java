package dev.semblance.detect;

import dev.semblance.window.Original;
import dev.semblance.window.WindowEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the events of a batch have changed in the window since the batch was scanned against it.
 *
 * <p>Thread: the owner's of the {@link Deduplicator}; one object a batch.
 */
final class BatchChanges {

    /**
     * An entry, the event that it was made of, and its place in the order of all inserts of the batch.
     *
     * @param number from 1
     */
    private record Insert(WindowEntry entry, Deduplicator.Row row, int number) {}

    /** Receives what {@link #search} finds. */
    @FunctionalInterface
    interface Sink {
        void hit(WindowEntry entry, float cosine);
    }

    /** The best candidate so far, for use in a sink. */
    static final class Best {
        private Candidate best;

        Best(Candidate start) {
            best = start;
        }

        /** @param candidate may be null */
        void offer(Candidate candidate) {
            best = Candidate.best(best, candidate);
        }

        Candidate get() {
            return best;
        }
    }

    private final List<Insert> inserts = new ArrayList<>();
    /** Id → number of its last insert, the only one that counts. */
    private final Map<String, Integer> latest = new HashMap<>();
    private final Map<String, Original> refreshed = new LinkedHashMap<>();

    void insert(WindowEntry entry, Deduplicator.Row row) {
        Insert insert = new Insert(entry, row, inserts.size() + 1);
        inserts.add(insert);
        latest.put(entry.id(), insert.number);
    }

    /** Whether the entry of that id is not the one that the scan saw. */
    boolean inserted(String id) {
        return latest.containsKey(id);
    }

    /** @param before as it was before its last-seen time moved */
    void refreshed(Original before) {
        refreshed.putIfAbsent(before.id(), before);
    }

    /** Originals whose last-seen time moved during the batch, as they were before. */
    Collection<Original> refreshed() {
        return refreshed.values();
    }

    /** What a search of the entries inserted during the batch reports; they may have been removed since. */
    void search(Deduplicator.Row row, Sink sink) {
        for (Insert insert : inserts) {
            if (insert.row.probes() == row.probes() && latest.get(insert.entry.id()) == insert.number) {
                float cosine = row.probes().match(insert.row.number(), row.number());
                if (!Float.isNaN(cosine)) {
                    sink.hit(insert.entry, cosine);
                }
            }
        }
    }
}
