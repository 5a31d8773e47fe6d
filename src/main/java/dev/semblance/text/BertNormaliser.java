package dev.semblance.text;

import java.text.Normalizer;
import java.util.BitSet;

/**
 * What becomes of each code point on its way into words: the BERT normaliser and pre-tokeniser, put together into one
 * table. Nothing depends on the neighbours except the order of combining marks, which {@link #rank} tells.
 *
 * <p>Thread: immutable.
 */
final class BertNormaliser {

    /**
     * The normaliser's switches.
     *
     * @param clean        control characters are taken out
     * @param ideographs   Chinese characters become words of their own
     * @param stripAccents canonical decomposition, then nonspacing marks are taken out
     * @param lowerCase    character by character
     */
    record Options(boolean clean, boolean ideographs, boolean stripAccents, boolean lowerCase) {}

    /** Part of the word. */
    static final int LETTER = 0;
    /** Ends the word. */
    static final int SPACE = 1;
    /** A word of its own. */
    static final int ALONE = 2;
    /** Taken out. */
    static final int NOTHING = 3;
    /** Taken out, but marks before it and after it are not reordered across it. */
    static final int BARRIER = 4;
    /** Becomes {@link #mapped}, each of which is a letter or what else {@link #actionOnceMapped} says. */
    static final int MAPPED = 5;
    /** The same, as a word of its own. */
    static final int MAPPED_ALONE = 6;
    /** Part of the word, in canonical order among the marks before it. Actions from here on are ranks as well. */
    static final int MARK = 7;

    private static final int CODE_POINTS = Character.MAX_CODE_POINT + 1;
    private static final int PAGE_BITS = 8;

    /** Low half: the action; high half: the action for what is mapped already. */
    private final byte[] actions = new byte[CODE_POINTS];

    /** By page of 256, then by code point within it; null where nothing is mapped. */
    private final int[][][] mapped = new int[CODE_POINTS >> PAGE_BITS][][];

    BertNormaliser(CharacterTable table, Options options) {
        put(table.spaces(), SPACE);
        put(table.punctuation(), ALONE);
        if (options.stripAccents()) {
            put(table.stripped(), NOTHING);
            put(table.starters(), BARRIER);
            table.ranks().forEach((c, rank) -> actions[c] = both(MARK + rank));
            table.decomposed().stream().forEach(c -> map(c, decomposition(c, table, options.lowerCase())));
        }
        if (options.lowerCase()) {
            table.lower().forEach((c, lower) -> {
                if (!options.stripAccents() || !table.decomposed().get(c)) {
                    map(c, lower);
                }
            });
        }
        if (options.ideographs()) {
            table.ideographs().stream().forEach(c -> outer(c, action(c) == MAPPED ? MAPPED_ALONE : ALONE));
        }
        if (options.clean()) {
            table.dropped().stream().forEach(c -> outer(c, NOTHING));
        }
    }

    private void put(BitSet set, int action) {
        set.stream().forEach(c -> actions[c] = both(action));
    }

    private static byte both(int action) {
        return (byte) (action << 4 | action);
    }

    private void outer(int codePoint, int action) {
        actions[codePoint] = (byte) (actions[codePoint] & 0xF0 | action);
    }

    private void map(int codePoint, int[] to) {
        outer(codePoint, MAPPED);
        int page = codePoint >> PAGE_BITS;
        if (mapped[page] == null) {
            mapped[page] = new int[1 << PAGE_BITS][];
        }
        mapped[page][codePoint & (1 << PAGE_BITS) - 1] = to;
    }

    /** Accents included: they are taken out as they are met, so that the order of marks is kept. */
    private static int[] decomposition(int codePoint, CharacterTable table, boolean lowerCase) {
        int[] parts = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFD).codePoints().toArray();
        for (int i = 0; lowerCase && i < parts.length; i++) {
            int[] lower = table.lower().get(parts[i]);
            if (lower != null) {
                // Only U+0130 has two, and it decomposes.
                parts[i] = lower[0];
            }
        }
        return parts;
    }

    /** What to do with a code point of the text. */
    int action(int codePoint) {
        return actions[codePoint] & 0xF;
    }

    /** What to do with one that {@link #mapped} gave: never mapped again. */
    int actionOnceMapped(int codePoint) {
        return actions[codePoint] >> 4 & 0xF;
    }

    /** Place in the canonical order: 0 for what marks are not moved across. */
    int rank(int codePoint) {
        return Math.max(0, actionOnceMapped(codePoint) - MARK);
    }

    /** Not to be written to; only where the action is {@link #MAPPED} or {@link #MAPPED_ALONE}. */
    int[] mapped(int codePoint) {
        return mapped[codePoint >> PAGE_BITS][codePoint & (1 << PAGE_BITS) - 1];
    }
}
