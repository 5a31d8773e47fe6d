package dev.semblance.batch;

/**
 * @param packed        whether texts run end to end without padding, so that any lengths go together
 * @param maxTokens     tokens a batch, padding included. A single text longer than this runs alone
 * @param maxRows       texts a batch
 * @param lengthBucket  texts are padded to a multiple of this many tokens; 1: never padded. Unless packed
 * @param maxTextTokens longest text; also the longest padded length
 * @param lingerNs      how long an unfilled batch may wait for more texts
 * @param queueMaxTexts texts waiting
 */
public record BatchLimits(boolean packed, int maxTokens, int maxRows, int lengthBucket, int maxTextTokens,
        long lingerNs, int queueMaxTexts) {

    /** Of a device that runs rows of one padded length. */
    public static BatchLimits padded(int maxTokens, int maxRows, int lengthBucket, int maxTextTokens, long lingerNs,
            int queueMaxTexts) {
        return new BatchLimits(false, maxTokens, maxRows, lengthBucket, maxTextTokens, lingerNs, queueMaxTexts);
    }

    /** Of a device that runs texts end to end. */
    public static BatchLimits packed(int maxTokens, int maxRows, int maxTextTokens, long lingerNs, int queueMaxTexts) {
        return new BatchLimits(true, maxTokens, maxRows, 1, maxTextTokens, lingerNs, queueMaxTexts);
    }

    public BatchLimits {
        positive("maxTokens", maxTokens);
        positive("maxRows", maxRows);
        positive("lengthBucket", lengthBucket);
        positive("maxTextTokens", maxTextTokens);
        positive("queueMaxTexts", queueMaxTexts);
        if (lingerNs < 0) {
            throw new IllegalArgumentException("lingerNs is " + lingerNs + "; it must not be negative");
        }
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1");
        }
    }

    /** What a text of so many tokens is padded to, whatever runs beside it; packed: its own length. */
    public int paddedLength(int tokens) {
        requireLength(tokens);
        return (int) Math.min(maxTextTokens, (tokens + lengthBucket - 1L) / lengthBucket * lengthBucket);
    }

    /**
     * A text's length, if it is allowed.
     *
     * @throws IllegalArgumentException if it is 0 or longer than the longest text
     */
    int requireLength(int tokens) {
        if (tokens < 1 || tokens > maxTextTokens) {
            throw new IllegalArgumentException("a text of " + tokens + " tokens; allowed are 1 to " + maxTextTokens);
        }
        return tokens;
    }

    /** Texts of that padded length that one batch holds. */
    public int rows(int paddedLength) {
        return Math.max(1, Math.min(maxRows, maxTokens / paddedLength));
    }

    /** Largest number of tokens that a batch can have, padding included. */
    public int largestBatchTokens() {
        return Math.max(maxTokens, maxTextTokens);
    }
}
