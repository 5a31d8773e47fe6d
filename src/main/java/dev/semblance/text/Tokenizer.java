package dev.semblance.text;

import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;

/** Text → token ids. Thread: safe for any number of threads. */
public interface Tokenizer extends AutoCloseable {

    /**
     * The same text always gives the same ids. Any string is allowed: empty, with lone surrogates (read as U+FFFD), NUL
     * or megabytes long. Names of special tokens in a text, such as "[SEP]", become those tokens, as in Hugging Face
     * tokenizers.
     *
     * @throws NullPointerException on null
     * @throws PoisonTextException  if this text cannot be turned into tokens
     */
    TokenizedText tokenize(String text);

    /** Longest result, special tokens included. */
    int maxTokens();

    /** For people: which implementation this is, and why. */
    String describe();

    /** Waits for calls under way; later ones fail with an IllegalStateException. */
    @Override
    void close();
}
