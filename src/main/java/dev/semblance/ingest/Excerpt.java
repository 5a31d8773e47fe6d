package dev.semblance.ingest;

/** Foreign text cut and cleaned for a message: bounded, on one line, well-formed. */
final class Excerpt {

    static final int MAX_CHARS = 80;
    private static final int REPLACEMENT = 0xFFFD;

    private Excerpt() {}

    /** In quotes, at most {@link #MAX_CHARS} characters. */
    static String quoted(String text) {
        return '"' + of(text, MAX_CHARS) + '"';
    }

    static String of(String text, int maxChars) {
        int[] cleaned = text.codePoints().limit(maxChars).map(c -> isHarmless(c) ? c : REPLACEMENT).toArray();
        String start = new String(cleaned, 0, cleaned.length);
        return cleaned.length == text.codePointCount(0, text.length()) ? start : start + '…';
    }

    private static boolean isHarmless(int c) {
        return !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
    }
}
