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

    /** All entries of that model with that normalised text, in no particular order. Takes O(1) and their number. */
    List<Original> exact(TextHash hash, ModelIdentity model);

    /**
     * Makes vectors ready to be searched for.
     *
     * @param vectors   each [model.dimension], any norm but zero
     * @param threshold what a search is to find
     * @return valid until the next call for the same model
     * @throws IllegalArgumentException where a vector is of another dimension, or has no direction
     */
    Probes prepare(List<float[]> vectors, ModelIdentity model, float threshold);

    /**
     * Finds the entries of the probes' model with a cosine of at least the threshold to a probe. Memory is read once for
     * the whole batch.
     *
     * <p>Cosines are those of a probe with the vector as it is held, in 16-bit numbers ({@code vector.FixedPoint}): a
     * pair's has the same bits in every batch of probes, on every machine, and after a restore.
     *
     * <p>Where the threshold is the configured one or higher, a pair may be missed: with a probability of at most
     * {@code detect.miss.probability}, over the draw of the hyperplanes. Whether it is follows from the two vectors
     * alone. With {@code detect.exact=true}, and below the configured threshold, none is.
     *
     * @param sink called on this thread, in no particular order; may read the window, must not write to it or search
     */
    void search(Probes probes, HitSink sink);

    /** The same for one of the probes; {@code hit} is told query 0. */
    void search(Probes probes, int row, HitSink sink);

    /** {@link #prepare} and {@link #search} in one. */
    default void search(List<float[]> queries, ModelIdentity model, float threshold, HitSink sink) {
        search(prepare(queries, model, threshold), sink);
    }

    /** The cosine that a search for a probe reports of an entry; NaN where it reports none. */
    float match(String id, Probes probes, int row);

    /**
     * Drops the entries last seen before {@code minTimeMs}, and after them the ones last seen the longest ago for as
     * long as the window takes more than {@code window.max.bytes}: those are counted by the meter
     * {@code semblance.window.cut}.
     *
     * @param expired told the id of each entry dropped
     */
    void expireBefore(long minTimeMs, Consumer<String> expired);

    /** Cosine of an entry and a query, the same bits as a search gives; NaN where there is no such entry. */
    float cosine(String id, float[] query);

    /** Share of the pairs that pass the sign codes, smoothed, the largest over the models; 0 while nothing is known. */
    double survivalRate();

    /** Number of entries. */
    long size();

    /**
     * Bytes in use, nearly all of them off the heap. They follow from the live entries alone, so that a restored window
     * has as many. One spare block of vectors a model, and one page for each size of texts, may be held beyond them.
     */
    long sizeBytes();

    /** Vectors of one model, ready to be searched for. */
    interface Probes {
        int size();

        /**
         * The cosine that a search for probe {@code query} would report of probe {@code stored}, were that in the
         * window; NaN where it would report none.
         */
        float match(int stored, int query);
    }

    /** Receives what a search finds. */
    @FunctionalInterface
    interface HitSink {
        /** @param query index into the queries */
        void hit(int query, Original original, float cosine);
    }
}
