package dev.semblance.text;

/** Opens {@code tokenizer.json} files with the fastest implementation that gives the ids of the reference. */
public final class Tokenizers {

    /** The two around a text, and one of its own. Below that the reference has rules of its own. */
    static final int MIN_WORD_PIECE_TOKENS = 3;

    private Tokenizers() {}

    /** Picks the implementation by the file; {@link Tokenizer#describe} says which, and why. */
    public static Tokenizer open(byte[] tokenizerJson, int maxTokens) {
        return open(tokenizerJson, maxTokens, TokenizerChoice.AUTO);
    }

    /**
     * Truncation and padding of the file are overridden: cut at {@code maxTokens}, never padded.
     *
     * @param maxTokens special tokens included
     * @throws IllegalArgumentException if the file is no tokenizer, or none that the chosen implementation can read
     */
    public static Tokenizer open(byte[] tokenizerJson, int maxTokens, TokenizerChoice choice) {
        if (choice == TokenizerChoice.HUGGINGFACE) {
            return HuggingFaceTokenizers.open(tokenizerJson, maxTokens, "as configured");
        }
        try {
            if (maxTokens < MIN_WORD_PIECE_TOKENS) {
                throw new UnknownTokenizerException("maxTokens is " + maxTokens);
            }
            return new WordPieceTokenizer(WordPieceFile.read(tokenizerJson), maxTokens);
        } catch (UnknownTokenizerException e) {
            if (choice == TokenizerChoice.WORDPIECE) {
                throw new IllegalArgumentException("tokenizer=wordpiece: tokenizer.json is not of the kind that it"
                        + " reproduces: " + e.getMessage() + "; set tokenizer=auto", e);
            }
            return HuggingFaceTokenizers.open(tokenizerJson, maxTokens, e.getMessage());
        }
    }
}
