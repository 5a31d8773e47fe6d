package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import java.util.List;
import java.util.function.Consumer;

/**
 * The originals that are alive, searchable by vector. Vectors of different models (id, revision) never meet.
 *
 * <p>Thread: one owner thread calls everything here. Live queries of other threads go beside it, by
 * {@link NearestQuery}, and are safe.
 */
public interface VectorWindow {

    /**
     * Adds an entry; one of the same id is replaced.
     *
     * @throws IllegalArgumentException where the vector is not of its model's dimension, or has no direction
     */
    void insert(WindowEntry entry);

    /** @return whether there was such an entry */
    boolean remove(String id);

    /** The entry of that id, or null. */
    Original get(String id);

    /** Moves an entry's last-seen time forward; an earlier time, or an unknown id, changes nothing. */
    void refresh(String id, long lastSeenMs);

    /** All entries of that model with that normalised text, the latest insert first. Takes O(1) and their number. */
    List<Original> exact(TextHash hash, ModelIdentity model);

    /**
     * Finds every entry of that model with a cosine of at least {@code threshold} to a query. A pair's cosine has the
     * same bits in every batch of queries. Memory is read once for the whole batch.
     *
     * @param queries each [model.dimension], any norm but zero
     * @param sink    called on this thread, in no particular order; may read the window, must not write to it
     */
    void search(List<float[]> queries, ModelIdentity model, float threshold, HitSink sink);

    /**
     * Drops the entries last seen before {@code minTimeMs}, and after them the ones last seen the longest ago for as
     * long as the window takes more than {@code window.max.bytes}: those are counted by the meter
     * {@code semblance.window.cut}.
     *
     * @param expired told the id of each entry dropped
     */
    void expireBefore(long minTimeMs, Consumer<String> expired);

    /** Cosine of an entry and a query, the same bits as {@link #search} gives; NaN where there is no such entry. */
    float cosine(String id, float[] query);

    /** Number of entries. */
    long size();

    /** Bytes of vectors, texts and bookkeeping; the latter two are estimates from above. */
    long sizeBytes();

    /** Receives what a search finds. */
    @FunctionalInterface
    interface HitSink {
        /** @param query index into the queries */
        void hit(int query, Original original, float cosine);
    }
}
