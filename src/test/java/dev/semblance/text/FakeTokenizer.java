package dev.semblance.text;

import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import java.util.Arrays;
import java.util.Locale;

/**
 * A tokenizer without a file, for tests of other rooms: a token a word, a text that contains {@link #POISON} is
 * rejected. Thread: immutable.
 */
public record FakeTokenizer(int maxTokens) implements Tokenizer {

    public static final String POISON = "untokenisable";
    public static final int VOCABULARY = 30_000;

    @Override
    public TokenizedText tokenize(String text) {
        if (text.contains(POISON)) {
            throw new PoisonTextException("The tokenizer rejects the text: it contains " + POISON, null);
        }
        int[] words = Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\s+")).filter(w -> !w.isEmpty())
                .mapToInt(w -> 10 + Math.floorMod(w.hashCode(), VOCABULARY - 10)).toArray();
        int kept = Math.min(words.length, maxTokens - 2);
        int[] ids = new int[kept + 2];
        ids[0] = 1;
        System.arraycopy(words, 0, ids, 1, kept);
        ids[kept + 1] = 2;
        return new TokenizedText(ids, kept < words.length);
    }

    @Override
    public String describe() {
        return "a token a word";
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
