package dev.semblance.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a {@code tokenizer.json} of Hugging Face tokenizers, where every part of it is one that
 * {@link WordPieceTokenizer} reproduces. Anything else, any further field too, is refused: it could change ids.
 */
final class WordPieceFile {

    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final int MAX_SHOWN = 200;
    private static final int MAX_CHARS_PER_WORD = 1 << 20;

    private final JsonNode root;

    private WordPieceFile(JsonNode root) {
        this.root = root;
    }

    static WordPieceModel read(byte[] tokenizerJson) throws UnknownTokenizerException {
        JsonNode root;
        try {
            root = JSON.readTree(UTF_8.newDecoder().decode(ByteBuffer.wrap(tokenizerJson)).toString());
        } catch (CharacterCodingException e) {
            throw new UnknownTokenizerException("it is not UTF-8");
        } catch (JsonProcessingException e) {
            throw new UnknownTokenizerException("its JSON is unusual: " + e.getOriginalMessage());
        }
        return new WordPieceFile(root).model();
    }

    private WordPieceModel model() throws UnknownTokenizerException {
        fields(root, "the file", "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                "post_processor", "decoder", "model");
        require("1.0".equals(root.get("version").textValue()), "version", root.get("version"));
        // Its numbers are overridden, but not the end that is cut off.
        JsonNode direction = root.get("truncation").path("direction");
        require(root.get("truncation").isNull() || "Right".equals(direction.textValue()), "truncation.direction",
                direction);
        JsonNode splitter = component("pre_tokenizer", "BertPreTokenizer");
        fields(splitter, "pre_tokenizer", "type");
        JsonNode model = component("model", "WordPiece");
        fields(model, "model", "type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        Map<String, Integer> vocabulary = vocabulary(model.get("vocab"));
        Integer unknown = vocabulary.get(text(model, "model", "unk_token"));
        require(unknown != null, "model.vocab holds no model.unk_token", model.get("unk_token"));
        String prefix = text(model, "model", "continuing_subword_prefix");
        require(wellFormed(prefix) && prefix.codePoints().allMatch(Character::isBmpCodePoint),
                "model.continuing_subword_prefix", model.get("continuing_subword_prefix"));
        JsonNode max = model.get("max_input_chars_per_word");
        require(max.isInt() && max.intValue() >= 0 && max.intValue() <= MAX_CHARS_PER_WORD,
                "model.max_input_chars_per_word", max);
        int[] around = around();
        return new WordPieceModel(vocabulary, prefix, max.intValue(), unknown, around[0], around[1],
                special(vocabulary), normaliser());
    }

    private BertNormaliser.Options normaliser() throws UnknownTokenizerException {
        JsonNode node = component("normalizer", "BertNormalizer");
        fields(node, "normalizer", "type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        boolean lower = bool(node, "normalizer", "lowercase");
        boolean strip = node.get("strip_accents").isNull() ? lower : bool(node, "normalizer", "strip_accents");
        return new BertNormaliser.Options(bool(node, "normalizer", "clean_text"),
                bool(node, "normalizer", "handle_chinese_chars"), strip, lower);
    }

    private Map<String, Integer> vocabulary(JsonNode node) throws UnknownTokenizerException {
        require(node.isObject() && !node.isEmpty(), "model.vocab", node.isObject() ? node : node.getNodeType());
        Map<String, Integer> vocabulary = new HashMap<>();
        Set<Integer> ids = new HashSet<>();
        for (Map.Entry<String, JsonNode> token : node.properties()) {
            JsonNode id = token.getValue();
            require(id.isInt() && id.intValue() >= 0 && ids.add(id.intValue()),
                    "model.vocab: id of '" + token.getKey() + "' (each token needs one of its own)", id);
            require(wellFormed(token.getKey()), "model.vocab: lone surrogate in", token.getKey());
            vocabulary.put(token.getKey(), id.intValue());
        }
        return vocabulary;
    }

    private static boolean wellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private Map<String, Integer> special(Map<String, Integer> vocabulary) throws UnknownTokenizerException {
        JsonNode tokens = root.get("added_tokens");
        require(tokens.isArray(), "added_tokens", tokens);
        Map<String, Integer> special = new HashMap<>();
        for (JsonNode token : tokens) {
            fields(token, "added_tokens", "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            String content = text(token, "added_tokens", "content");
            boolean plain = bool(token, "added_tokens", "special");
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                plain &= !bool(token, "added_tokens", flag);
            }
            Integer id = vocabulary.get(content);
            require(plain && !content.isEmpty() && token.get("id").isInt() && id != null
                    && id == token.get("id").intValue() && special.put(content, id) == null, "added_tokens", token);
        }
        return special;
    }

    /** The ids before and after a text. */
    private int[] around() throws UnknownTokenizerException {
        JsonNode node = root.get("post_processor");
        if ("BertProcessing".equals(node.path("type").textValue())) {
            fields(node, "post_processor", "type", "sep", "cls");
            return new int[]{pairId(node.get("cls")), pairId(node.get("sep"))};
        }
        component("post_processor", "TemplateProcessing");
        fields(node, "post_processor", "type", "single", "pair", "special_tokens");
        JsonNode single = node.get("single");
        require(single.size() == 3 && "A".equals(single.path(1).path("Sequence").path("id").textValue()),
                "post_processor.single", single);
        return new int[]{templateId(node, single.get(0)), templateId(node, single.get(2))};
    }

    private static int pairId(JsonNode pair) throws UnknownTokenizerException {
        require(pair.size() == 2 && pair.path(0).isTextual() && pair.path(1).isInt() && pair.path(1).intValue() >= 0,
                "post_processor", pair);
        return pair.get(1).intValue();
    }

    private static int templateId(JsonNode template, JsonNode piece) throws UnknownTokenizerException {
        JsonNode ids = template.get("special_tokens").path(piece.path("SpecialToken").path("id").asText()).path("ids");
        require(ids.size() == 1 && ids.path(0).isInt() && ids.path(0).intValue() >= 0, "post_processor.single", piece);
        return ids.get(0).intValue();
    }

    private JsonNode component(String field, String type) throws UnknownTokenizerException {
        JsonNode node = root.get(field);
        require(type.equals(node.path("type").textValue()), field + ".type", node.path("type"));
        return node;
    }

    /** All of these, and no others. */
    private static void fields(JsonNode node, String where, String... names) throws UnknownTokenizerException {
        Set<String> expected = new TreeSet<>(Arrays.asList(names));
        List<String> odd = new ArrayList<>();
        node.fieldNames().forEachRemaining(name -> {
            if (!expected.remove(name)) {
                odd.add(name);
            }
        });
        odd.addAll(expected);
        require(odd.isEmpty(), where + " has these fields more or less:", odd);
    }

    private static String text(JsonNode node, String where, String field) throws UnknownTokenizerException {
        require(node.get(field).isTextual(), where + "." + field, node.get(field));
        return node.get(field).textValue();
    }

    private static boolean bool(JsonNode node, String where, String field) throws UnknownTokenizerException {
        require(node.get(field).isBoolean(), where + "." + field, node.get(field));
        return node.get(field).booleanValue();
    }

    private static void require(boolean known, String what, Object value) throws UnknownTokenizerException {
        if (!known) {
            String shown = String.valueOf(value);
            throw new UnknownTokenizerException(
                    what + " " + (shown.length() <= MAX_SHOWN ? shown : shown.substring(0, MAX_SHOWN) + "…"));
        }
    }
}
