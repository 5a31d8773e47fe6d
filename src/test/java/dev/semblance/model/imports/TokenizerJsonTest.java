package dev.semblance.model.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.model.ModelException;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;
import dev.semblance.text.TokenizerChoice;
import dev.semblance.text.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerJsonTest {

    private static final long SEED = 20_260_401;
    private static final int TEXTS = 20_000;

    @TempDir
    private Path folder;

    private static byte[] shipped() throws IOException {
        try (InputStream in = TokenizerJsonTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            return in.readAllBytes();
        }
    }

    /** The vocabulary of a tokenizer.json as the vocab.txt that it was once made from. */
    private void writeVocabulary(byte[] tokenizerJson) throws IOException {
        JsonNode vocabulary = new ObjectMapper().readTree(tokenizerJson).path("model").path("vocab");
        String[] lines = new String[vocabulary.size()];
        vocabulary.properties().forEach(entry -> lines[entry.getValue().asInt()] = entry.getKey());
        Files.write(folder.resolve("vocab.txt"), String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] generated() {
        return TokenizerJson.fromVocabulary(new SourceFiles(folder)).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void givesTheIdsOfTheShippedOne() throws IOException {
        byte[] shipped = shipped();
        writeVocabulary(shipped);
        List<String> words = Files.readAllLines(folder.resolve("vocab.txt"));
        int unlike = 0;
        int tokens = 0;
        try (Tokenizer expected = HuggingFaceTokenizers.open(shipped, 128);
                Tokenizer actual = HuggingFaceTokenizers.open(generated(), 128)) {
            for (String text : HostileTexts.generate(SEED, TEXTS, words)) {
                int[] ids = expected.tokenize(text).ids();
                tokens += ids.length;
                if (!Arrays.equals(ids, actual.tokenize(text).ids())) {
                    unlike++;
                }
            }
        }
        assertThat(unlike).as("texts with other ids, of %s, seed %s", TEXTS, SEED).isZero();
        assertThat(tokens).as("the texts say something").isGreaterThan(TEXTS * 10);
    }

    @Test
    void aTokenizerReadAndWrittenGivesTheSameIdsWithoutItsFixedPadding() throws IOException {
        byte[] shipped = shipped();
        Files.write(folder.resolve("tokenizer.json"), shipped);
        byte[] rewritten = TokenizerFile.read(new SourceFiles(folder),
                dev.semblance.model.graph.Architecture.Family.BERT).bytes();
        JsonNode root = new ObjectMapper().readTree(rewritten);
        assertThat(new ObjectMapper().readTree(shipped).path("padding").isObject()).isTrue();
        assertThat(root.path("padding").isNull()).isTrue();
        assertThat(root.path("truncation").isNull()).isTrue();
        try (Tokenizer expected = HuggingFaceTokenizers.open(shipped, 128);
                Tokenizer actual = HuggingFaceTokenizers.open(rewritten, 128)) {
            for (String text : HostileTexts.generate(SEED + 1, 500, List.of("storm", "coast"))) {
                assertThat(actual.tokenize(text).ids()).as("seed %s: %s", SEED + 1, text)
                        .isEqualTo(expected.tokenize(text).ids());
            }
        }
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private int[] ids(String text) {
        byte[] json = generated();
        try (Tokenizer tokenizer = HuggingFaceTokenizers.open(json, 32);
                Tokenizer java = Tokenizers.open(json, 32, TokenizerChoice.WORDPIECE)) {
            assertThat(java.tokenize(text)).as("WordPiece in Java reads the generated file")
                    .isEqualTo(tokenizer.tokenize(text));
            return tokenizer.tokenize(text).ids();
        }
    }

    @Test
    void theConfigurationCounts() throws IOException {
        write("vocab.txt", "<p>\n<u>\n<c>\n<s>\nCafé\ncafe\ncafé\nà\n中\n中文\nＡ\n");
        write("special_tokens_map.json", """
                {"cls_token": "<c>", "sep_token": {"content": "<s>"}, "unk_token": "<u>", "pad_token": "<p>"}
                """);
        write("tokenizer_config.json", "{\"do_lower_case\": false}");
        assertThat(ids("Café 中文")).containsExactly(2, 4, 8, 1, 3);
        write("tokenizer_config.json", "{\"do_lower_case\": true, \"tokenize_chinese_chars\": false}");
        assertThat(ids("Café 中文")).containsExactly(2, 5, 9, 3);
        write("tokenizer_config.json", "{\"do_lower_case\": true, \"strip_accents\": false}");
        assertThat(ids("CAFÉ")).containsExactly(2, 6, 3);
    }

    @Test
    void ofTwoEqualLinesTheLaterCounts() throws IOException {
        write("vocab.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nthe\r\ncat\r\nthe\r\n");
        assertThat(ids("the cat")).containsExactly(2, 6, 5, 3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'do_basic_tokenize': false} | do_basic_tokenize is false",
            "{'never_split': ['word']} | never_split is [\"word\"]",
            "{'tokenizer_class': 'BertJapaneseTokenizer'} | tokenizer_class is \"BertJapaneseTokenizer\"",
            "{'added_tokens_decoder': {'9': {'content': '<new>'}}} | adds the token '<new>'",
            "{'cls_token': '<s>'} | has no token <s> (cls_token)",
            "{'pad_token': '<pad>'} | has no token <pad> (pad_token)",
            "{broken | is no valid JSON"})
    void whatVocabularyAloneCannotServeIsRefused(String config, String words) throws IOException {
        write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n");
        write("tokenizer_config.json", config.replace('\'', '"'));
        assertThatThrownBy(this::generated).isInstanceOf(ModelException.class).hasMessageContaining(words)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void whetherToLowerCaseIsNotGuessed() throws IOException {
        write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nParis\n");
        assertThatThrownBy(this::generated).isInstanceOf(ModelException.class).hasMessageContaining("'Paris'")
                .hasMessageContaining("do_lower_case");
        write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nparis\n");
        assertThat(ids("PARIS")).containsExactly(2, 4, 3);
        Files.write(folder.resolve("vocab.txt"), new byte[]{'a', '\n', (byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(this::generated).isInstanceOf(ModelException.class).hasMessageContaining("is not UTF-8");
    }
}
