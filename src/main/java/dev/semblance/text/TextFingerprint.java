package dev.semblance.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.semblance.record.TextHash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * Hashes that tell the kinds of matches apart: one of the whole text, one of the figures in it.
 *
 * <p>Thread: stateless.
 */
public final class TextFingerprint {

    private TextFingerprint() {}

    /** Hash of the {@link #normalise normalised} text: the first 128 bits of the SHA-256 of its UTF-8. */
    public static TextHash hash(String text) {
        return TextHash.of(sha256(normalise(text)));
    }

    /**
     * Hash of the numbers and tickers of a text: equal where two texts name the same ones, in whatever order and however
     * often (a headline and its first sentence often repeat them), 0 where there are none. See {@link Figures} for what
     * counts.
     */
    public static long figures(String text) {
        List<String> figures = Figures.of(text);
        if (figures.isEmpty()) {
            return 0;
        }
        long hash = ByteBuffer.wrap(sha256(String.join("\n", figures.stream().distinct().sorted().toList()))).getLong();
        return hash == 0 ? 1 : hash;
    }

    /**
     * What two texts must share to be the same text: NFKC, lower case, white space collapsed to single spaces and
     * stripped. Nothing else is taken away: "RT @a: x" and "x" are different texts. Idempotent.
     */
    public static String normalise(String text) {
        // Lower-casing can undo the normal form of a few characters, hence twice.
        String lower = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        String folded = Normalizer.normalize(lower, Normalizer.Form.NFKC);
        StringBuilder out = new StringBuilder(folded.length());
        boolean space = false;
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (isSpace(c)) {
                space = !out.isEmpty();
            } else {
                if (space) {
                    out.append(' ');
                    space = false;
                }
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Unicode White_Space; all of it lies in the basic plane. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    private static byte[] sha256(String s) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(s.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
