package dev.semblance.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which implementation reads a {@code tokenizer.json}. They give the same ids. */
public enum TokenizerChoice {
    /** WordPiece where the file is a BERT tokenizer of the known kind, Hugging Face for all others. */
    AUTO,
    /** The native library of Hugging Face tokenizers. */
    HUGGINGFACE,
    /** Plain Java; files that it doesn't reproduce exactly are refused. */
    WORDPIECE;

    /** As written in configurations. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static TokenizerChoice of(String id) {
        return Arrays.stream(values()).filter(c -> c.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("tokenizer is " + id + "; expected one of "
                        + Arrays.stream(values()).map(TokenizerChoice::id).collect(Collectors.joining(", "))));
    }
}
