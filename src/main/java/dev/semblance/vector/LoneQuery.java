package dev.semblance.vector;

/**
 * One query alone against many sign codes, each with a radius of its own: the other way round than {@link SignCodes},
 * where 8 queries share a radius each. Made for standing queries, which every event has to be held against when it
 * comes.
 *
 * <p>Codes lie in groups of 8, word by word, with a row before them that holds minus the radius of each:
 * {@code words + 1} rows of 8 a group. A query's code is one array of words.
 *
 * <p>Thread: stateless, safe everywhere.
 */
public final class LoneQuery {

    /** Groups compared side by side: their number in an array is a multiple of this. */
    public static final int GROUPS = 4;
    /** In the place of minus a radius: no query is near that code. */
    public static final long NOWHERE = 1L << 40;

    private static final LoneKernels KERNELS = VectorKernels.simd() ? new SimdLoneKernels() : new ScalarLoneKernels();

    private LoneQuery() {}

    /** Where the row of radii of a code's group holds that of the code; its words follow at steps of 8. */
    public static int offset(int code, int words) {
        return code / SignCodes.GROUP * (words + 1) * SignCodes.GROUP + code % SignCodes.GROUP;
    }

    /**
     * The code of a vector, the same bits as {@link Hyperplanes#encode} gives.
     *
     * @param unit   [dimension of the planes]
     * @param code   receives [words of the planes]
     * @param scores scratch, [64]
     */
    public static void encode(Hyperplanes planes, float[] unit, long[] code, float[] scores) {
        encode(KERNELS, planes, unit, code, scores);
    }

    static void encode(LoneKernels kernels, Hyperplanes planes, float[] unit, long[] code, float[] scores) {
        for (int word = 0; word < planes.words(); word++) {
            kernels.score(unit, planes.group(2 * word), planes.group(2 * word + 1), unit.length, scores);
            long bits = 0;
            for (int p = 0; p < Long.SIZE; p++) {
                bits |= scores[p] > 0 ? 1L << p : 0;
            }
            code[word] = bits;
        }
    }

    /**
     * Finds the codes that a query lies within the radius of.
     *
     * @param query  [words]
     * @param codes  [groups × (words + 1) × 8]
     * @param groups a multiple of 4
     * @param hits   [groups × 8] at least; receives the codes found, in no particular order
     * @return the number of hits
     */
    public static int near(long[] query, long[] codes, int groups, int words, int[] hits) {
        return KERNELS.near(query, codes, groups, words, hits);
    }

    /** {@link VectorKernels#dot} of a query with one of many vectors that lie one after the other. */
    public static float dot(float[] query, float[] rows, int from) {
        float s = 0;
        for (int i = 0; i < query.length; i++) {
            s = Math.fma(query[i], rows[from + i], s);
        }
        return s;
    }

    /**
     * The radius within which a pair at the threshold lies but for a probability of at most {@code missProbability}.
     *
     * @see SearchPlan
     */
    public static int radius(int dimension, int bits, double threshold, double missProbability) {
        return SearchPlan.of(dimension, bits, SearchPlan.angle(dimension, threshold), threshold, missProbability)
                .radius();
    }
}
