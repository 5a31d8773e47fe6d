package dev.semblance.watch;

import dev.semblance.vector.CoarseVectors;
import dev.semblance.vector.LoneQuery;
import dev.semblance.vector.SignCodes;

/**
 * Rows of watches, filled from the front. A row is never written again once it has been published.
 *
 * <p>Thread: see {@link ModelWatches}.
 */
final class WatchChunk {

    private static final int LEAST_ROWS = LoneQuery.GROUPS * SignCodes.GROUP;
    static final int MOST_ROWS = 512;
    private static final int COMPONENTS = 1 << 18;

    final int words;
    /** Laid out for {@link LoneQuery#near}; empty where everything is scored. */
    final long[] codes;
    /** [rows × dimension], unit L2 norm. */
    final float[] vectors;
    /** The same as {@link CoarseVectors}, [rows × stride], with the scale and the error of each. */
    final byte[] coarse;
    final float[] scales;
    final float[] errors;
    /** Least cosine of each: beside the numbers that it is held against, not in an object elsewhere. */
    final float[] least;
    final WatchVersion[] versions;
    /** The writer's: rows that no event can ask for any more. */
    int dead;

    WatchChunk(int dimension, int words) {
        int rows = rows(dimension);
        this.words = words;
        codes = new long[words == 0 ? 0 : rows * (words + 1)];
        vectors = new float[rows * dimension];
        coarse = new byte[rows * CoarseVectors.stride(dimension)];
        scales = new float[rows];
        errors = new float[rows];
        least = new float[rows];
        versions = new WatchVersion[rows];
        for (int row = 0; row < rows && words > 0; row++) {
            codes[LoneQuery.offset(row, words)] = LoneQuery.NOWHERE;
        }
    }

    /** About a megabyte of vectors. */
    static int rows(int dimension) {
        return Math.clamp(Integer.highestOneBit(Math.max(1, COMPONENTS / dimension)), LEAST_ROWS, MOST_ROWS);
    }

    void write(int row, WatchVersion version, float[] unit, long[] code, int radius) {
        System.arraycopy(unit, 0, vectors, row * unit.length, unit.length);
        scales[row] = CoarseVectors.encode(unit, coarse, row * CoarseVectors.stride(unit.length));
        errors[row] = CoarseVectors.error(unit, scales[row]);
        least[row] = version.least;
        versions[row] = version;
        version.chunk = this;
        version.row = row;
        if (words > 0) {
            int at = LoneQuery.offset(row, words);
            for (int i = 0; i < words; i++) {
                codes[at + (i + 1) * SignCodes.GROUP] = code[i];
            }
            codes[at] = -(long) radius;
        }
    }

    /** The same row of another chunk. */
    void copy(int row, WatchChunk from, int fromRow) {
        int dimension = vectors.length / versions.length;
        WatchVersion version = from.versions[fromRow];
        System.arraycopy(from.vectors, fromRow * dimension, vectors, row * dimension, dimension);
        int stride = CoarseVectors.stride(dimension);
        System.arraycopy(from.coarse, fromRow * stride, coarse, row * stride, stride);
        scales[row] = from.scales[fromRow];
        errors[row] = from.errors[fromRow];
        least[row] = version.least;
        versions[row] = version;
        version.chunk = this;
        version.row = row;
        if (words > 0) {
            int at = LoneQuery.offset(row, words);
            int source = LoneQuery.offset(fromRow, words);
            for (int i = 0; i <= words; i++) {
                codes[at + i * SignCodes.GROUP] = from.codes[source + i * SignCodes.GROUP];
            }
        }
    }
}
