package dev.semblance.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.record.TokenizedText;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The reference is the judge: the same ids, the same truncation, text by text. */
class WordPieceTokenizerTest {

    private static final long SEED = 20_251;
    private static final int MAX_TOKENS = 48;

    private static Tokenizer reference;
    private static Tokenizer ours;

    @BeforeAll
    static void open() {
        reference = HuggingFaceTokenizers.open(TokenizerJson.miniLm(), MAX_TOKENS);
        ours = Tokenizers.open(TokenizerJson.miniLm(), MAX_TOKENS, TokenizerChoice.WORDPIECE);
    }

    @AfterAll
    static void close() {
        reference.close();
        ours.close();
    }

    private static void same(Tokenizer reference, Tokenizer ours, String text, String what) {
        TokenizedText expected = reference.tokenize(text);
        TokenizedText found = ours.tokenize(text);
        if (!expected.equals(found)) {
            assertThat(found.ids()).as("%s, text %s", what, escaped(text)).containsExactly(expected.ids());
            assertThat(found.truncated()).as("%s, truncated, text %s", what, escaped(text))
                    .isEqualTo(expected.truncated());
        }
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(c >= ' ' && c < 0x7F ? "" + (char) c : String.format("\\u%04x", c)));
        return escaped.toString();
    }

    @Test
    void aHundredThousandHostileTexts() {
        HostileTexts texts = new HostileTexts(SEED);
        for (int i = 0; i < 100_000; i++) {
            same(reference, ours, texts.next(), "seed " + SEED + ", text " + i);
        }
    }

    @Test
    void everySwitchOfTheFile() {
        switched("cased", root -> normaliser(root).put("lowercase", false));
        switched("lower case, accents kept", root -> normaliser(root).put("strip_accents", false));
        switched("cased, accents stripped",
                root -> normaliser(root).put("strip_accents", true).put("lowercase", false));
        switched("not cleaned", root -> normaliser(root).put("clean_text", false));
        switched("ideographs in words", root -> normaliser(root).put("handle_chinese_chars", false));
        switched("short words", root -> model(root).put("max_input_chars_per_word", 4));
        switched("no words", root -> model(root).put("max_input_chars_per_word", 0));
        switched("no prefix", root -> model(root).put("continuing_subword_prefix", ""));
        switched("a prefix that no token has", root -> model(root).put("continuing_subword_prefix", "@@"));
        switched("overlapping special tokens", root -> {
            for (String token : List.of("##ing", "the", "##in", "##i", "##")) {
                if (!model(root).get("vocab").has(token)) {
                    ((ObjectNode) model(root).get("vocab")).put(token, model(root).get("vocab").size());
                }
                root.withArray("added_tokens").addObject().put("id", model(root).get("vocab").get(token).intValue())
                        .put("content", token).put("single_word", false).put("lstrip", false).put("rstrip", false)
                        .put("normalized", false).put("special", true);
            }
        });
    }

    private static ObjectNode normaliser(ObjectNode root) {
        return (ObjectNode) root.get("normalizer");
    }

    private static ObjectNode model(ObjectNode root) {
        return (ObjectNode) root.get("model");
    }

    private static void switched(String what, Consumer<ObjectNode> change) {
        byte[] json = TokenizerJson.miniLm(change);
        HostileTexts texts = new HostileTexts(SEED + what.hashCode());
        try (Tokenizer expected = HuggingFaceTokenizers.open(json, MAX_TOKENS);
                Tokenizer found = Tokenizers.open(json, MAX_TOKENS, TokenizerChoice.WORDPIECE)) {
            for (int i = 0; i < 2_000; i++) {
                same(expected, found, texts.next(), what + ", seed " + SEED + ", text " + i);
            }
        }
    }

    @Test
    void cutsOffWhereTheReferenceDoes() {
        for (int max : new int[]{3, 4, 5, 9, 100, 512}) {
            try (Tokenizer expected = HuggingFaceTokenizers.open(TokenizerJson.miniLm(), max);
                    Tokenizer found = Tokenizers.open(TokenizerJson.miniLm(), max, TokenizerChoice.WORDPIECE)) {
                assertThat(found.maxTokens()).isEqualTo(max);
                for (int words = 0; words < 12; words++) {
                    same(expected, found, "a ".repeat(words), max + " tokens");
                    same(expected, found, "unaffable".repeat(words), max + " tokens");
                    same(expected, found, "[SEP]".repeat(words), max + " tokens");
                }
                int cap = new CharacterCap(max).maxChars();
                for (String unit : List.of("word ", "x", "😀", "\u0301", " ", "[SEP]", "한", "\u0000", "漢", "\uD83D")) {
                    for (int chars : new int[]{cap - 1, cap, cap + 1, 1 << 18}) {
                        String text = unit.repeat(chars / unit.length() + 1).substring(0, chars);
                        same(expected, found, text, max + " tokens, " + chars + " chars");
                        same(expected, found, text + "   ", max + " tokens, " + chars + " chars and spaces");
                    }
                }
            }
        }
    }

    @Test
    void wordsOfAHundredCharactersAreTheLongest() {
        for (String c : List.of("x", "é", "e\u0301", "😀", "\u0000x", "한", "İ")) {
            for (int n = 98; n < 103; n++) {
                same(reference, ours, c.repeat(n) + " x", c + " " + n + " times");
            }
        }
    }

    /** With a vocabulary of all characters, in which no difference hides behind an unknown word. */
    @Test
    void marksAndHostileTextsWithEveryCharacterKnown() {
        int[] marks = {0x1B44, 0x302E, 0x302F, 0x1D165, 0x1D16D, 0x11446, 0x8D4, 0x1E000, 0x301, 0x323, 0x34F, 0x93C,
                0x941, 'a', 0x200D, ' ', '!'};
        BertNormaliser.Options all = new BertNormaliser.Options(true, true, true, true);
        try (Tokenizer expected = CodePointProbe.reference(all); Tokenizer found = CodePointProbe.ours(all)) {
            for (int i = 0; i < Math.pow(marks.length, 4); i += 7) {
                StringBuilder text = new StringBuilder("q");
                int rest = i;
                for (int n = 0; n < 4; n++) {
                    text.appendCodePoint(marks[rest % marks.length]);
                    rest /= marks.length;
                }
                same(expected, found, text.toString(), "marks");
            }
            HostileTexts texts = new HostileTexts(SEED);
            for (int i = 0; i < 20_000; i++) {
                same(expected, found, texts.next(), "every character known, seed " + SEED + ", text " + i);
            }
        }
    }

    @Test
    void manyThreadsGetWhatOneGets() {
        HostileTexts texts = new HostileTexts(SEED);
        List<String> many = IntStream.range(0, 5_000).mapToObj(_ -> texts.next()).toList();
        List<TokenizedText> expected = many.stream().map(ours::tokenize).toList();
        assertThat(many.parallelStream().map(ours::tokenize).toList()).isEqualTo(expected);
    }

    @Test
    void refusesNullAndCallsAfterClose() {
        assertThatThrownBy(() -> ours.tokenize(null)).isInstanceOf(NullPointerException.class);
        Tokenizer closed = Tokenizers.open(TokenizerJson.miniLm(), 8, TokenizerChoice.WORDPIECE);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.tokenize("x")).isInstanceOf(IllegalStateException.class);
    }
}
