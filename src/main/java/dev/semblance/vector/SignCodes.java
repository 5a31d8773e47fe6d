package dev.semblance.vector;

/**
 * The scan of sign codes: which of many codes differ from a query's in few bits. Codes lie in groups of 8, word by word:
 * word i of code c at {@code (c / 8 * words + i) * 8 + c % 8}; so do the codes of queries, in packs of 8.
 *
 * <p>Thread: stateless, safe everywhere.
 */
public final class SignCodes {

    /** Codes of a group, and queries of a pack. */
    public static final int GROUP = 8;
    /** A radius that no code is within: for the unused places of a pack. */
    public static final int NOTHING = Integer.MIN_VALUE / 2;

    private SignCodes() {}

    /**
     * Finds the codes within a radius of each of 8 queries. The radius is the sum of the query's and the code's own.
     *
     * @param pack   [words × 8] from {@code packOffset}
     * @param codes  [groups × words × 8]
     * @param radii  the largest Hamming distance of each query that counts, [8] from {@code radiiOffset}
     * @param allowances what each code adds to it, at least 0, [groups × 8]; zeros for one radius a query
     * @param hits   [groups × 64] at least; receives {@code code * 8 + query} for each pair within the radius, in
     *               no particular order
     * @return the number of hits
     */
    public static int near(long[] pack, int packOffset, long[] codes, int groups, int words, int[] radii,
            int radiiOffset, long[] allowances, int[] hits) {
        return VectorKernels.KERNELS.near(pack, packOffset, codes, groups, words, radii, radiiOffset, allowances,
                hits);
    }

    /** Number of bits in which two codes of packs or groups differ. */
    public static int distance(long[] a, int codeA, long[] b, int codeB, int words) {
        int from = codeA / GROUP * words * GROUP + codeA % GROUP;
        int to = codeB / GROUP * words * GROUP + codeB % GROUP;
        int distance = 0;
        for (int i = 0; i < words; i++) {
            distance += Long.bitCount(a[from + i * GROUP] ^ b[to + i * GROUP]);
        }
        return distance;
    }
}
