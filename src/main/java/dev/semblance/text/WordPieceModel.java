package dev.semblance.text;

import java.util.Collections;
import java.util.Map;

/**
 * What a {@code tokenizer.json} says, where it is one that {@link WordPieceTokenizer} reproduces.
 *
 * <p>Thread: immutable; the maps are handed over.
 *
 * @param vocabulary      token → id; holds {@code unknown}
 * @param prefix          of tokens that continue a word; may be empty
 * @param maxCharsPerWord in code points; longer words become {@code unknown}
 * @param unknown         id for words that cannot be put together
 * @param first           id before every text
 * @param last            id after every text
 * @param special         tokens looked for in the raw text → their ids
 */
record WordPieceModel(Map<String, Integer> vocabulary, String prefix, int maxCharsPerWord, int unknown, int first,
        int last, Map<String, Integer> special, BertNormaliser.Options normaliser) {

    WordPieceModel {
        // Not Map.copyOf: tokens of one character have consecutive hashes, on which its linear probing takes minutes.
        vocabulary = Collections.unmodifiableMap(vocabulary);
        special = Collections.unmodifiableMap(special);
    }
}
