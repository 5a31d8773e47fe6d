package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.PackedQueries;
import dev.semblance.vector.VectorBlocks;
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

    /** An entry and its place in the order of all inserts of the batch. */
    private record Insert(WindowEntry entry, int number) {}

    /** Entries of one model, in the order of their slots. */
    private static final class Inserts {
        final ModelIdentity model;
        final VectorBlocks vectors;
        final List<Insert> entries = new ArrayList<>();

        Inserts(ModelIdentity model) {
            this.model = model;
            this.vectors = new VectorBlocks(model.dimension());
        }
    }

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

        void offer(Original original, MatchKind kind, float cosine) {
            best = Candidate.best(best, original, kind, cosine);
        }

        Candidate get() {
            return best;
        }
    }

    private final List<Inserts> byModel = new ArrayList<>(1);
    /** Id → number of its last insert, the only one that counts. */
    private final Map<String, Integer> latest = new HashMap<>();
    private int insertCount;
    private final Map<String, Original> refreshed = new LinkedHashMap<>();

    void insert(WindowEntry entry) {
        Inserts inserts = of(entry.model());
        if (inserts == null) {
            inserts = new Inserts(entry.model());
            byModel.add(inserts);
        }
        inserts.vectors.add(entry.vector());
        inserts.entries.add(new Insert(entry, ++insertCount));
        latest.put(entry.id(), insertCount);
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

    /** Entries inserted during the batch with a cosine of at least {@code threshold}; they may have been removed since. */
    void search(Embedding event, float threshold, Sink sink) {
        Inserts inserts = of(event.model());
        if (inserts != null) {
            inserts.vectors.scan(PackedQueries.of(List.of(event.vector()), inserts.vectors.dimension()), threshold,
                    (query, slot, cosine) -> {
                        Insert insert = inserts.entries.get(slot);
                        if (latest.get(insert.entry.id()) == insert.number) {
                            sink.hit(insert.entry, cosine);
                        }
                    });
        }
    }

    private Inserts of(ModelIdentity model) {
        for (Inserts inserts : byModel) {
            if (Deduplicator.sameSpace(inserts.model, model)) {
                return inserts;
            }
        }
        return null;
    }
}
