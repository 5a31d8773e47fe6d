package dev.semblance.text;

import java.util.Map;

/**
 * Special tokens written out in a text. As in the reference they are looked for in the raw text, leftmost first, the
 * longest where several begin at the same place.
 *
 * <p>Thread: immutable.
 */
final class SpecialTokens {

    private final String[] contents;
    private final int[] ids;
    /** Each first character once. */
    private final String firsts;

    /** @param tokens content → id; no content is empty */
    SpecialTokens(Map<String, Integer> tokens) {
        contents = tokens.keySet().stream().sorted((a, b) -> b.length() - a.length()).toArray(String[]::new);
        ids = new int[contents.length];
        StringBuilder first = new StringBuilder();
        for (int i = 0; i < contents.length; i++) {
            ids[i] = tokens.get(contents[i]);
            if (first.indexOf(contents[i].substring(0, 1)) < 0) {
                first.append(contents[i].charAt(0));
            }
        }
        firsts = first.toString();
    }

    /** Whether it is worth looking. */
    boolean mayOccurIn(String text) {
        for (int i = 0; i < firsts.length(); i++) {
            if (text.indexOf(firsts.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Which token stands there, or −1. */
    int at(String text, int index) {
        if (firsts.indexOf(text.charAt(index)) < 0) {
            return -1;
        }
        for (int i = 0; i < contents.length; i++) {
            if (text.startsWith(contents[i], index)) {
                return i;
            }
        }
        return -1;
    }

    int id(int token) {
        return ids[token];
    }

    /** In chars. */
    int length(int token) {
        return contents[token].length();
    }
}
