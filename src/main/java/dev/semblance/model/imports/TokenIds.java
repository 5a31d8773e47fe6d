package dev.semblance.model.imports;

/** Text → token ids. Thread: one owner. */
public interface TokenIds extends AutoCloseable {

    /** Special tokens included, truncated. */
    int[] of(String text);

    @Override
    void close();

    /** Opens a tokenizer for truncation at a number of tokens, special ones included. */
    @FunctionalInterface
    interface Opener {

        /** @throws RuntimeException saying why, if it is no tokenizer */
        TokenIds open(byte[] tokenizerJson, int maxTokens);
    }
}
