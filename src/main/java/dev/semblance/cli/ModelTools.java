package dev.semblance.cli;

import dev.semblance.model.imports.TokenIds;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;

/** What {@code model.imports} is given to tokenise with. */
final class ModelTools {

    private ModelTools() {}

    static TokenIds tokenizer(byte[] tokenizerJson, int maxTokens) {
        Tokenizer tokenizer = HuggingFaceTokenizers.open(tokenizerJson, maxTokens);
        return new TokenIds() {
            @Override
            public int[] of(String text) {
                return tokenizer.tokenize(text).ids();
            }

            @Override
            public void close() {
                tokenizer.close();
            }
        };
    }
}
