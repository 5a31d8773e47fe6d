package dev.semblance.text;

/**
 * Bounds and cleans a text before it goes to a tokenizer: native ones cut off at a number of tokens only after they have
 * tokenised the whole, which takes seconds for a megabyte.
 *
 * <p>
 * Thread: immutable.
 */
final class CharacterCap {

    /** Words of one token are rarely longer; what a cap of this size cuts off lies far behind the last token kept. */
    private static final int CHARS_PER_TOKEN = 32;

    private static final char REPLACEMENT = '\uFFFD';

    /** @param cut whether characters other than white space were cut off */
    record Capped(String text, boolean cut) {}

    private final int maxChars;

    CharacterCap(int maxTokens) {
        this.maxChars = Math.multiplyExact(maxTokens, CHARS_PER_TOKEN);
    }

    int maxChars() {
        return maxChars;
    }

    Capped apply(String text) {
        if (text.length() <= maxChars) {
            return new Capped(withoutLoneSurrogates(text), false);
        }
        int end = maxChars;
        if (Character.isHighSurrogate(text.charAt(end - 1)) && Character.isLowSurrogate(text.charAt(end))) {
            end--;
        }
        int rest = end;
        while (rest < text.length() && Character.isWhitespace(text.charAt(rest))) {
            rest++;
        }
        return new Capped(withoutLoneSurrogates(text.substring(0, end)), rest < text.length());
    }

    private static String withoutLoneSurrogates(String text) {
        char[] cleaned = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            cleaned = cleaned == null ? text.toCharArray() : cleaned;
            cleaned[i] = REPLACEMENT;
        }
        return cleaned == null ? text : new String(cleaned);
    }
}
