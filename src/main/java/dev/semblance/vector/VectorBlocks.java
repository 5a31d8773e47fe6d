package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.GROUP;
import static dev.semblance.vector.VectorKernels.PACK;

import java.util.Arrays;

/**
 * A growing, always dense collection of unit vectors, laid out for exact scans: groups of 32 vectors, component by
 * component, one array a group. Removing a vector moves the last one into its place, so memory follows the number of
 * vectors up and down in steps of one group. A scan reads each group once for all queries of a batch: the group stays in
 * the cache while pack after pack of 8 queries is scored against it.
 *
 * <p>Thread: not thread-safe; scans may run at the same time as other scans.
 */
public final class VectorBlocks {

    private final int dimension;
    private float[][] groups = new float[4][];
    private int size;

    public VectorBlocks(int dimension) {
        if (dimension < 1 || dimension > 1 << 20) {
            throw new IllegalArgumentException("dimension " + dimension + ": expected from 1 to " + (1 << 20));
        }
        this.dimension = dimension;
    }

    /** Receives what a scan finds. */
    @FunctionalInterface
    public interface Sink {
        /** @param cosine the {@link VectorKernels#dot} of both, −1 … 1 */
        void hit(int query, int slot, float cosine);
    }

    /**
     * Normalises and copies a vector to the end.
     *
     * @return its slot, {@code size() - 1} from now on
     * @throws IllegalArgumentException where the dimension differs, or the norm is zero or not finite
     */
    public int add(float[] v) {
        if (v.length != dimension) {
            throw new IllegalArgumentException(
                    "a vector has " + v.length + " components; this collection holds vectors of " + dimension);
        }
        float[] unit = VectorKernels.normalised(v);
        int g = size / GROUP;
        if (g == groups.length) {
            groups = Arrays.copyOf(groups, g + (g >> 1));
        }
        if (size % GROUP == 0) {
            groups[g] = new float[dimension * GROUP];
        }
        float[] group = groups[g];
        int lane = size % GROUP;
        for (int j = 0; j < dimension; j++) {
            group[j * GROUP + lane] = unit[j];
        }
        return size++;
    }

    /** Removes a vector; the last one takes its slot. After it, {@code size()} is the slot that moved there. */
    public void remove(int slot) {
        requireSlot(slot);
        size--;
        if (slot != size) {
            float[] from = groups[size / GROUP];
            float[] to = groups[slot / GROUP];
            int fromLane = size % GROUP;
            int toLane = slot % GROUP;
            for (int j = 0; j < dimension; j++) {
                to[j * GROUP + toLane] = from[j * GROUP + fromLane];
            }
        }
        if (size % GROUP == 0) {
            groups[size / GROUP] = null;
        }
    }

    /** A copy of the unit vector, [dimension]. */
    public float[] get(int slot) {
        requireSlot(slot);
        float[] group = groups[slot / GROUP];
        float[] v = new float[dimension];
        for (int j = 0; j < dimension; j++) {
            v[j] = group[j * GROUP + slot % GROUP];
        }
        return v;
    }

    /** Cosine of one vector with a query of any norm; the same bits as a scan gives. */
    public float cosine(int slot, float[] query) {
        return VectorKernels.cosine(get(slot), query);
    }

    /** Reports every pair with a cosine of at least {@code minCosine}, group by group. */
    public void scan(PackedQueries queries, float minCosine, Sink sink) {
        if (queries.dimension() != dimension) {
            throw new IllegalArgumentException(
                    "queries have " + queries.dimension() + " components; this collection holds vectors of "
                            + dimension);
        }
        float[] scores = new float[PACK * GROUP];
        int groupCount = Math.ceilDiv(size, GROUP);
        for (int g = 0; g < groupCount; g++) {
            int lanes = Math.min(GROUP, size - g * GROUP);
            for (int p = 0; p < queries.packCount(); p++) {
                float max = VectorKernels.score(queries.packs(), p * PACK * dimension, groups[g], dimension, scores);
                if (max >= minCosine) {
                    report(scores, p * PACK, queries.size(), g * GROUP, lanes, minCosine, sink);
                }
            }
        }
    }

    private static void report(float[] scores, int firstQuery, int queryCount, int firstSlot, int lanes,
            float minCosine, Sink sink) {
        int queries = Math.min(PACK, queryCount - firstQuery);
        for (int k = 0; k < queries; k++) {
            for (int lane = 0; lane < lanes; lane++) {
                float s = scores[k * GROUP + lane];
                if (s >= minCosine) {
                    sink.hit(firstQuery + k, firstSlot + lane, VectorKernels.clamp(s));
                }
            }
        }
    }

    public int size() {
        return size;
    }

    public int dimension() {
        return dimension;
    }

    /** Bytes of all groups in use, the unused lanes of the last one included. */
    public long sizeBytes() {
        return (long) Math.ceilDiv(size, GROUP) * groupBytes(dimension) + 8L * groups.length;
    }

    /** Bytes that one group of 32 vectors takes. */
    public static long groupBytes(int dimension) {
        return 16 + 4L * GROUP * dimension;
    }

    private void requireSlot(int slot) {
        if (slot < 0 || slot >= size) {
            throw new IndexOutOfBoundsException("slot " + slot + " of " + size);
        }
    }
}
