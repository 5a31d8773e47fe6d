package dev.semblance.batch;

/**
 * @param maxTokens     padded tokens a batch. A single text longer than this runs alone
 * @param maxRows       texts a batch
 * @param lengthBucket  texts are padded to a multiple of this many tokens; 1: never padded
 * @param maxTextTokens longest text; also the longest padded length
 * @param lingerNs      how long an unfilled batch may wait for more texts
 * @param queueMaxTexts texts waiting
 */
public record BatchLimits(int maxTokens, int maxRows, int lengthBucket, int maxTextTokens, long lingerNs,
        int queueMaxTexts) {

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

    /** What a text of so many tokens is padded to, whatever runs beside it. */
    public int paddedLength(int tokens) {
        if (tokens < 1 || tokens > maxTextTokens) {
            throw new IllegalArgumentException("a text of " + tokens + " tokens; allowed are 1 to " + maxTextTokens);
        }
        return (int) Math.min(maxTextTokens, (tokens + lengthBucket - 1L) / lengthBucket * lengthBucket);
    }

    /** Texts of that padded length that one batch holds. */
    public int rows(int paddedLength) {
        return Math.max(1, Math.min(maxRows, maxTokens / paddedLength));
    }

    /** Largest number of padded tokens that a batch can have. */
    public int largestBatchTokens() {
        return Math.max(maxTokens, maxTextTokens);
    }
}
