package dev.semblance.text;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TokenizersTest {

    private static final int MAX_TOKENS = 16;

    private static ObjectNode object(ObjectNode root, String field) {
        return (ObjectNode) root.get(field);
    }

    private static ObjectNode firstAdded(ObjectNode root) {
        return (ObjectNode) root.get("added_tokens").get(0);
    }

    private static ObjectNode vocabulary(ObjectNode root) {
        return (ObjectNode) root.get("model").get("vocab");
    }

    @Test
    void theEmbeddedModelGetsWordPiece() {
        try (Tokenizer tokenizer = Tokenizers.open(TokenizerJson.miniLm(), MAX_TOKENS)) {
            assertThat(tokenizer.describe()).isEqualTo("WordPiece in Java");
            assertThat(tokenizer.tokenize("Hello, world!").ids()).containsExactly(101, 7592, 1010, 2088, 999, 102);
        }
        try (Tokenizer tokenizer = Tokenizers.open(TokenizerJson.miniLm(), MAX_TOKENS, TokenizerChoice.HUGGINGFACE)) {
            assertThat(tokenizer.describe()).isEqualTo("Hugging Face tokenizers (as configured)");
        }
    }

    @Test
    void whatTheTokenizerDoesNotDependOnMayBeAnything() {
        Map<String, Consumer<ObjectNode>> changes = Map.of("no truncation", root -> root.putNull("truncation"),
                "no padding", root -> root.putNull("padding"), "another decoder", root -> root.putNull("decoder"),
                "BertProcessing", root -> {
                    ObjectNode around = root.putObject("post_processor").put("type", "BertProcessing");
                    around.putArray("sep").add("[SEP]").add(102);
                    around.putArray("cls").add("[CLS]").add(101);
                }, "no added tokens", root -> root.putArray("added_tokens"));
        changes.forEach((what, change) -> assertThatCode(() -> {
            byte[] json = TokenizerJson.miniLm(change);
            try (Tokenizer ours = Tokenizers.open(json, MAX_TOKENS, TokenizerChoice.WORDPIECE);
                    Tokenizer reference = HuggingFaceTokenizers.open(json, MAX_TOKENS)) {
                for (String text : List.of("Hello, world!", "[SEP] x", "many words ".repeat(20))) {
                    assertThat(ours.tokenize(text)).as(what).isEqualTo(reference.tokenize(text));
                }
            }
        }).as(what).doesNotThrowAnyException());
    }

    /** Files that the reference reads, each with what the reason must name. */
    @Test
    void anyOtherFileGoesToTheReference() {
        Map<String, Consumer<ObjectNode>> changes = new TreeMap<>();
        changes.put("truncation.direction", root -> object(root, "truncation").put("direction", "Left"));
        changes.put("normalizer.type", root -> root.putNull("normalizer"));
        changes.put("normalizer.type \"Lowercase\"", root -> root.putObject("normalizer").put("type", "Lowercase"));
        changes.put("normalizer has these fields more or less: [further]",
                root -> object(root, "normalizer").put("further", true));
        changes.put("pre_tokenizer.type", root -> root.putObject("pre_tokenizer").put("type", "Whitespace"));
        changes.put("post_processor.type", root -> root.putNull("post_processor"));
        changes.put("post_processor.single", root -> ((ArrayNode) root.get("post_processor").get("single")).remove(2));
        changes.put("post_processor.single {\"SpecialToken\"", root -> {
            ObjectNode cls = (ObjectNode) root.get("post_processor").get("special_tokens").get("[CLS]");
            cls.withArray("ids").add(103);
            cls.withArray("tokens").add("[MASK]");
        });
        changes.put("added_tokens {\"id\":0,\"content\":\"[PAD]\",\"single_word\":true",
                root -> firstAdded(root).put("single_word", true));
        for (String flag : List.of("lstrip", "rstrip", "normalized")) {
            changes.put("\"" + flag + "\":true", root -> firstAdded(root).put(flag, true));
        }
        changes.put("\"special\":false", root -> firstAdded(root).put("special", false));
        changes.put("\"id\":7", root -> firstAdded(root).put("id", 7));
        changes.put("\"content\":\"[NEW]\"", root -> firstAdded(root).put("content", "[NEW]"));
        changes.put("holds no model.unk_token", root -> object(root, "model").put("unk_token", "[NONE]"));
        changes.put("id of 'twin'", root -> vocabulary(root).put("twin", 1000));
        changes.put("id of 'far'", root -> vocabulary(root).put("far", 1L << 31));
        changes.put("model.max_input_chars_per_word",
                root -> object(root, "model").put("max_input_chars_per_word", 1L << 40));
        changes.put("model has these fields more or less: [type]", root -> object(root, "model").remove("type"));
        changes.forEach((reason, change) -> {
            byte[] json = TokenizerJson.miniLm(change);
            try (Tokenizer tokenizer = Tokenizers.open(json, MAX_TOKENS)) {
                assertThat(tokenizer.describe()).startsWith("Hugging Face tokenizers (").contains(named(reason));
                assertThat(tokenizer.tokenize("hello").length()).isBetween(1, MAX_TOKENS);
            }
            assertThatThrownBy(() -> Tokenizers.open(json, MAX_TOKENS, TokenizerChoice.WORDPIECE)).as(reason)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tokenizer=wordpiece")
                    .hasMessageContaining(named(reason)).hasMessageContaining("set tokenizer=auto");
        });
    }

    /** Without a type the model is known by its fields; the reason then names the type. */
    private static String named(String reason) {
        return reason.equals("model has these fields more or less: [type]") ? "model.type" : reason;
    }

    @Test
    void aNameTwiceGoesToTheReference() {
        String json = new String(TokenizerJson.miniLm(_ -> {}), UTF_8);
        byte[] twice = json.replaceFirst("\"vocab\":\\{", "\"vocab\":{\"hello\":1,").getBytes(UTF_8);
        try (Tokenizer tokenizer = Tokenizers.open(twice, MAX_TOKENS)) {
            assertThat(tokenizer.describe()).contains("its JSON is unusual").contains("hello");
        }
    }

    @Test
    void fewerTokensThanThreeGoToTheReference() {
        try (Tokenizer tokenizer = Tokenizers.open(TokenizerJson.miniLm(), 2)) {
            assertThat(tokenizer.describe()).contains("maxTokens is 2");
        }
    }

    /** Neither reads these: the reference has the last word. */
    @Test
    void brokenFilesAreRefused() {
        Map<String, byte[]> files = Map.of("empty", new byte[0], "no object", "[]".getBytes(UTF_8), "half",
                "{\"version\":".getBytes(UTF_8), "no UTF-8", "{\"version\":\"1.0\"}".getBytes(UTF_16),
                "a lone surrogate",
                new String(TokenizerJson.miniLm(_ -> {}), UTF_8)
                        .replaceFirst("\"vocab\":\\{", "\"vocab\":{\"\\\\ud800\":40000,").getBytes(UTF_8),
                "negative id", TokenizerJson.miniLm(root -> vocabulary(root).put("less", -1)));
        files.forEach((what, json) -> {
            assertThatThrownBy(() -> Tokenizers.open(json, MAX_TOKENS)).as(what)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tokenizer.json cannot be used");
            assertThatThrownBy(() -> Tokenizers.open(json, MAX_TOKENS, TokenizerChoice.WORDPIECE)).as(what)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tokenizer=wordpiece");
        });
        byte[] noVocabulary = TokenizerJson.miniLm(root -> object(root, "model").putObject("vocab"));
        assertThatThrownBy(() -> Tokenizers.open(noVocabulary, MAX_TOKENS, TokenizerChoice.WORDPIECE))
                .hasMessageContaining("model.vocab");
    }

    @Test
    void choicesAreNamedAsInConfigurations() {
        assertThat(List.of(TokenizerChoice.values()).stream().map(TokenizerChoice::id)
                .collect(Collectors.joining("|"))).isEqualTo("auto|huggingface|wordpiece");
        assertThat(TokenizerChoice.of("wordpiece")).isEqualTo(TokenizerChoice.WORDPIECE);
        assertThatThrownBy(() -> TokenizerChoice.of("fast")).hasMessageContaining("tokenizer is fast");
    }
}
