package dev.semblance.text;

import java.util.Arrays;
import java.util.Map;

/**
 * The vocabulary as a trie over code points, so that the longest piece from some point on is found in one walk. Pieces
 * that continue a word hang below the node of their prefix ({@code ##}), which is where such a walk starts. Edges are in
 * one hash table with open addressing.
 *
 * <p>Thread: immutable.
 */
final class PieceTrie {

    static final int NONE = -1;
    static final int ROOT = 0;

    private static final int CODE_POINT_BITS = 21;
    private static final long EMPTY = -1;

    /** Node and code point of an edge, or {@link #EMPTY}; the length is a power of two, at most half of it in use. */
    private final long[] edges;
    /** The node that the edge in the same place leads to. */
    private final int[] targets;
    /** Id of the token that ends at a node, or {@link #NONE}. */
    private final int[] ids;
    private final int shift;
    private final int continuation;

    PieceTrie(Map<String, Integer> vocabulary, String continuingPrefix) {
        int codePoints = vocabulary.keySet().stream().mapToInt(t -> t.codePointCount(0, t.length())).sum();
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(2L * codePoints, 2));
        shift = 64 - bits;
        edges = new long[1 << bits];
        Arrays.fill(edges, EMPTY);
        targets = new int[edges.length];
        int[] tokens = new int[codePoints + 1];
        Arrays.fill(tokens, NONE);
        int nodes = 1;
        for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
            int node = ROOT;
            for (int at = 0; at < token.getKey().length();) {
                int codePoint = token.getKey().codePointAt(at);
                at += Character.charCount(codePoint);
                int slot = slot(node, codePoint);
                if (edges[slot] == EMPTY) {
                    edges[slot] = edge(node, codePoint);
                    targets[slot] = nodes++;
                }
                node = targets[slot];
            }
            tokens[node] = token.getValue();
        }
        ids = Arrays.copyOf(tokens, nodes);
        int prefix = ROOT;
        for (int at = 0; at < continuingPrefix.length() && prefix != NONE; at++) {
            prefix = child(prefix, continuingPrefix.charAt(at));
        }
        continuation = prefix;
    }

    /** Where pieces that continue a word start; {@link #NONE} if there are none. */
    int continuation() {
        return continuation;
    }

    /** The node one code point further, or {@link #NONE}; also from {@link #NONE}. */
    int child(int node, int codePoint) {
        int slot = slot(node, codePoint);
        return edges[slot] == EMPTY ? NONE : targets[slot];
    }

    /** Id of the token that ends here, or {@link #NONE}. */
    int id(int node) {
        return ids[node];
    }

    private static long edge(int node, int codePoint) {
        return (long) node << CODE_POINT_BITS | codePoint;
    }

    /** Where the edge is, or where it would go. The key of no node differs from {@link #EMPTY} in its low bits. */
    private int slot(int node, int codePoint) {
        long edge = edge(node, codePoint);
        int slot = (int) (edge * 0x9E37_79B9_7F4A_7C15L >>> shift);
        while (edges[slot] != edge && edges[slot] != EMPTY) {
            slot = slot + 1 & edges.length - 1;
        }
        return slot;
    }
}
