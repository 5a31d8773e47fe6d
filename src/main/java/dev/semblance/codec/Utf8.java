package dev.semblance.codec;

/** What is and what is not UTF-8, without the silent replacements of the standard library. */
public final class Utf8 {

    private Utf8() {}

    /** Length of {@code text} in UTF-8 bytes; an unpaired surrogate counts as 3. */
    public static long sizeBytes(CharSequence text) {
        long size = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // A pair is 2 chars and 4 bytes: one more for each half.
                size += c < 0x800 || isPaired(text, i) ? 1 : 2;
            }
        }
        return size;
    }

    /** Index of the first surrogate that has no partner, or −1. */
    public static int unpairedSurrogate(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i)) && !isPaired(text, i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isPaired(CharSequence text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    /**
     * Index in {@code bytes} of the first byte of the first sequence in {@code [from, to)} that is not UTF-8, or −1.
     * Overlong forms, encoded surrogates and code points above U+10FFFF are not UTF-8 (RFC 3629).
     */
    public static int invalidOffset(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (bytes[i] >= 0) {
                i++;
                continue;
            }
            int length = sequenceLength(bytes, i, to);
            if (length == 0) {
                return i;
            }
            i += length;
        }
        return -1;
    }

    /** Of a well-formed sequence that begins with a byte above 0x7F, or 0. */
    private static int sequenceLength(byte[] bytes, int i, int to) {
        int first = bytes[i] & 0xFF;
        int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
        if (length == 0 || length > to - i) {
            return 0;
        }
        int second = bytes[i + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int k = 2; k < length; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
