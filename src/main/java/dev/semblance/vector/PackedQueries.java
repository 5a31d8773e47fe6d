package dev.semblance.vector;

import static dev.semblance.vector.VectorKernels.PACK;

import java.util.List;

/**
 * Queries laid out for a scan: packs of 8, component by component; the last pack is filled up with zero vectors.
 *
 * <p>Thread: immutable, safe everywhere.
 */
public final class PackedQueries {

    private final int size;
    private final int dimension;
    private final float[] packs;

    private PackedQueries(int size, int dimension, float[] packs) {
        this.size = size;
        this.dimension = dimension;
        this.packs = packs;
    }

    /**
     * Normalises and copies the queries.
     *
     * @throws IllegalArgumentException where a query has another dimension, or a norm that is zero or not finite
     */
    public static PackedQueries of(List<float[]> queries, int dimension) {
        int packCount = Math.ceilDiv(queries.size(), PACK);
        float[] packs = new float[Math.multiplyExact(packCount * PACK, dimension)];
        for (int q = 0; q < queries.size(); q++) {
            float[] v = queries.get(q);
            if (v.length != dimension) {
                throw new IllegalArgumentException(
                        "query " + q + " has " + v.length + " components; expected " + dimension);
            }
            float[] unit = VectorKernels.normalised(v);
            int at = (q / PACK) * PACK * dimension + q % PACK;
            for (int j = 0; j < dimension; j++) {
                packs[at + j * PACK] = unit[j];
            }
        }
        return new PackedQueries(queries.size(), dimension, packs);
    }

    public int size() {
        return size;
    }

    public int dimension() {
        return dimension;
    }

    float[] packs() {
        return packs;
    }

    int packCount() {
        return Math.ceilDiv(size, PACK);
    }
}
