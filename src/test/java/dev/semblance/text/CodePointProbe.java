package dev.semblance.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A tokenizer whose vocabulary is single characters, so that its ids show what became of each: the text can be read back
 * from them, as words with spaces between.
 *
 * <p>The vocabulary holds the planes 0 to 3 and 14, all that have characters. What stays a part of a word in the other
 * planes comes back as {@link #UNKNOWN}.
 */
final class CodePointProbe {

    /** What a word with a character outside the vocabulary comes back as. */
    static final String UNKNOWN = "?unknown?";

    private static final int BATCH = 128;
    private static final int FIRST = 5;
    private static final int MAX_TOKENS = 1 << 12;

    private final Tokenizer tokenizer;

    private CodePointProbe(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static CodePointProbe of(Tokenizer tokenizer) {
        return new CodePointProbe(tokenizer);
    }

    /** The reference, to be closed by the caller. */
    static Tokenizer reference(BertNormaliser.Options options) {
        return HuggingFaceTokenizers.open(TokenizerJson.of(options, vocabulary()), MAX_TOKENS);
    }

    static Tokenizer ours(BertNormaliser.Options options) {
        Map<String, Integer> vocabulary = new HashMap<>();
        characters().forEach(c -> {
            vocabulary.put(Character.toString(c), FIRST + 2 * c);
            vocabulary.put("##" + Character.toString(c), FIRST + 2 * c + 1);
        });
        return new WordPieceTokenizer(TokenizerJson.model(options, vocabulary), MAX_TOKENS);
    }

    private static String vocabulary() {
        StringBuilder json = new StringBuilder();
        characters().forEach(c -> {
            String escaped = c < 0x80 ? String.format("\\u%04x", c) : Character.toString(c);
            json.append('"').append(escaped).append("\":").append(FIRST + 2 * c).append(",\"##").append(escaped)
                    .append("\":").append(FIRST + 2 * c + 1).append(',');
        });
        return json.toString();
    }

    /** Those in the vocabulary. */
    private static IntStream characters() {
        return allCodePoints().filter(CodePointProbe::isInVocabulary);
    }

    /** The same without those that are alike: most ideographs of the planes 2 and 3. */
    static IntStream variedCharacters() {
        return characters().filter(c -> c < 0x20000 + 256 || (c >= 0x2F000 && c < 0x30000 + 256) || c >> 16 == 14);
    }

    /** No surrogates: they are not characters, and never reach a tokenizer. */
    static IntStream allCodePoints() {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }

    private static boolean isInVocabulary(int codePoint) {
        int plane = codePoint >> 16;
        return plane <= 3 || plane == 14;
    }

    /** Each text by itself, though many are tokenised at once: special tokens stand between them. */
    List<String> readBack(List<String> texts) {
        List<String> all = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += BATCH) {
            List<String> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
            int[] ids = tokenizer.tokenize(String.join("[SEP]", batch)).ids();
            int start = 1;
            for (int i = 1; i < ids.length; i++) {
                if (ids[i] == 3) {
                    all.add(words(Arrays.copyOfRange(ids, start, i)));
                    start = i + 1;
                }
            }
        }
        if (all.size() != texts.size()) {
            throw new IllegalStateException(texts.size() + " texts came back as " + all.size());
        }
        return all;
    }

    /** Of each code point for which it differs from the text: what the text that is made of it comes back as. */
    Map<Integer, String> differing(IntStream codePoints, Function<String, String> text) {
        int[] all = codePoints.toArray();
        List<String> texts = Arrays.stream(all).mapToObj(Character::toString).map(text).toList();
        List<String> back = readBack(texts);
        Map<Integer, String> differing = new LinkedHashMap<>();
        for (int i = 0; i < all.length; i++) {
            boolean same = isInVocabulary(all[i]) ? texts.get(i).equals(back.get(i)) : back.get(i).equals(UNKNOWN);
            if (!same) {
                differing.put(all[i], back.get(i));
            }
        }
        return differing;
    }

    private static String words(int[] ids) {
        StringBuilder words = new StringBuilder();
        for (int id : ids) {
            if (id < FIRST) {
                words.append(words.isEmpty() ? "" : " ").append(UNKNOWN);
            } else {
                boolean continues = (id - FIRST & 1) == 1;
                words.append(words.isEmpty() || continues ? "" : " ").appendCodePoint((id - FIRST) / 2);
            }
        }
        return words.toString();
    }
}
