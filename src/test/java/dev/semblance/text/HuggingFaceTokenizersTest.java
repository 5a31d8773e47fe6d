package dev.semblance.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.record.TokenizedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HuggingFaceTokenizersTest {

    private static final int MAX_TOKENS = 64;

    private static byte[] json;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() throws IOException {
        try (InputStream in = HuggingFaceTokenizersTest.class
                .getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            json = in.readAllBytes();
        }
        tokenizer = HuggingFaceTokenizers.open(json, MAX_TOKENS);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void givesTheIdsThatBertGives() {
        TokenizedText t = tokenizer.tokenize("Hello, world!");
        assertThat(t.ids()).containsExactly(101, 7592, 1010, 2088, 999, 102);
        assertThat(t.truncated()).isFalse();
        assertThat(tokenizer.maxTokens()).isEqualTo(MAX_TOKENS);
    }

    @Test
    void overridesPaddingAndTruncationOfTheFile() {
        String words = "word ".repeat(200);
        assertThat(tokenizer.tokenize("word").length()).isEqualTo(3);
        assertThat(tokenizer.tokenize(words).length()).isEqualTo(MAX_TOKENS);
        assertThat(tokenizer.tokenize(words).ids()[MAX_TOKENS - 1]).isEqualTo(102);
        try (Tokenizer longer = HuggingFaceTokenizers.open(json, 250)) {
            assertThat(longer.tokenize(words).length()).isEqualTo(202);
        }
    }

    /** A stride as long as a text may be would abort the process in native code. */
    @Test
    void overridesTheStrideOfTheFile() {
        byte[] strided = TokenizerJson.miniLm(root -> ((ObjectNode) root.get("truncation")).put("stride", MAX_TOKENS));
        try (Tokenizer overridden = HuggingFaceTokenizers.open(strided, MAX_TOKENS)) {
            String words = "word ".repeat(200);
            assertThat(overridden.tokenize(words)).isEqualTo(tokenizer.tokenize(words));
        }
    }

    @Test
    void saysWhetherTokensWereCutOff() {
        assertThat(tokenizer.tokenize("word ".repeat(62)).truncated()).isFalse();
        assertThat(tokenizer.tokenize("word ".repeat(63)).truncated()).isTrue();
        String spaces = " ".repeat(100_000);
        assertThat(tokenizer.tokenize("word" + spaces)).isEqualTo(tokenizer.tokenize("word"));
        assertThat(tokenizer.tokenize("word" + spaces + "word").truncated()).isTrue();
    }

    @Test
    void takesAnyString() {
        for (String text : List.of("", " ", "\n\t", "\u0000", "a\u0000b", "[SEP]", "[CLS] [PAD] [MASK]", "\uFFFF", "😀",
                "\u200B\u200D\uFEFF", "ﷺ", "e\u0301", "日本語", "ไทย", "\u202Eabc")) {
            TokenizedText t = tokenizer.tokenize(text);
            assertThat(t.length()).as(text).isBetween(2, MAX_TOKENS);
            assertThat(t.ids()[0]).isEqualTo(101);
        }
        assertThat(tokenizer.tokenize("").ids()).containsExactly(101, 102);
        assertThatThrownBy(() -> tokenizer.tokenize(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void readsLoneSurrogatesAsReplacementCharacters() {
        for (String lone : List.of("\uD83D", "\uDE00", "\uDE00\uD83D", "x\uD83Dy", "\uD83D\uD83D\uDE00")) {
            String expected = new String(lone.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
            assertThat(tokenizer.tokenize(lone)).isEqualTo(tokenizer.tokenize(expected));
        }
    }

    @Test
    void aMegabyteOfJunkIsCutBeforeItIsTokenised() {
        SplittableRandom random = new SplittableRandom(7);
        String junk = new String(random.ints(1 << 20, 0, 0x10000).toArray(), 0, 1 << 20);
        for (String text : List.of(junk, "x".repeat(1 << 20), "😀".repeat(1 << 19), "\u0301".repeat(1 << 20))) {
            TokenizedText t = tokenizer.tokenize(text);
            assertThat(t.length()).isBetween(2, MAX_TOKENS);
            assertThat(t.truncated()).isTrue();
            assertThat(tokenizer.tokenize(text)).isEqualTo(t);
        }
    }

    @Test
    void theCapNeverSplitsACharacter() {
        CharacterCap cap = new CharacterCap(1);
        String text = "x".repeat(cap.maxChars() - 1) + "😀y";
        assertThat(cap.apply(text).text()).isEqualTo("x".repeat(cap.maxChars() - 1));
        assertThat(cap.apply(text).cut()).isTrue();
        assertThat(cap.apply("😀".repeat(cap.maxChars() / 2)).cut()).isFalse();
    }

    @Test
    void manyThreadsGetWhatOneGets() {
        List<String> texts = IntStream.range(0, 400).mapToObj(i -> "text number " + i + " 😀 #" + i * 31).toList();
        List<TokenizedText> expected = texts.stream().map(tokenizer::tokenize).toList();
        assertThat(texts.parallelStream().map(tokenizer::tokenize).toList()).isEqualTo(expected);
    }

    @Test
    void refusesFilesThatAreNoTokenizerAndCallsAfterClose() {
        assertThatThrownBy(() -> HuggingFaceTokenizers.open("{}".getBytes(StandardCharsets.UTF_8), 8))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tokenizer.json");
        assertThatThrownBy(() -> HuggingFaceTokenizers.open(json, 0)).hasMessageContaining("maxTokens is 0");
        Tokenizer closed = HuggingFaceTokenizers.open(json, 8);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.tokenize("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theLibraryIsToldToStayOffTheNetwork() {
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
        assertThat(System.getProperty("RUST_FLAVOR")).isEqualTo("cpu");
    }
}
