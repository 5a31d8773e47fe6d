package dev.semblance.model.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.model.ModelException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** BERT's {@code vocab.txt} → the {@code tokenizer.json} that gives the same ids as the original code. */
// transformers: tokenization_bert.py (load_vocab, BasicTokenizer), convert_slow_tokenizer.py (BertConverter).
final class TokenizerJson {

    private static final String VOCABULARY = "vocab.txt";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL = "special_tokens_map.json";
    private static final String ADDED = "added_tokens.json";
    private static final Set<String> CLASSES = Set.of("BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer",
            "DistilBertTokenizerFast", "PreTrainedTokenizerFast");
    private static final int LONGEST_WORD_CHARS = 100;

    private final SourceFiles files;
    private final JsonNode config;
    private final JsonNode special;
    private final Map<String, Integer> ids;

    private TokenizerJson(SourceFiles files) {
        this.files = files;
        this.config = files.json(CONFIG).orElse(JsonNodeFactory.instance.objectNode());
        this.special = files.json(SPECIAL).orElse(JsonNodeFactory.instance.objectNode());
        this.ids = vocabulary(files);
    }

    /** @throws ModelException if something in the files asks for more than vocab.txt can say */
    static ObjectNode fromVocabulary(SourceFiles files) {
        return new TokenizerJson(files).tokenizer();
    }

    /** Token → id, the line's number from 0; of two equal lines the later counts, as in the original. */
    static Map<String, Integer> vocabulary(SourceFiles files) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new ByteArrayInputStream(files.require(VOCABULARY)),
                        StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)))) {
            int id = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                ids.put(line, id++);
            }
        } catch (IOException e) {
            throw new ModelException(files.path(VOCABULARY) + ": is not UTF-8 text, a token a line; fetch it again", e);
        }
        return ids;
    }

    private ObjectNode tokenizer() {
        refuseWhatIsNotSaid();
        String cls = token("cls_token", "[CLS]");
        String sep = token("sep_token", "[SEP]");
        String unknown = token("unk_token", "[UNK]");
        String pad = token("pad_token", "[PAD]");
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0").putNull("truncation")
                .putNull("padding");
        addSpecial(root.putArray("added_tokens"), new LinkedHashSet<>(
                List.of(pad, unknown, cls, sep, optional("mask_token", "[MASK]"))));
        root.set("normalizer", normalizer());
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        root.set("post_processor", postProcessor(cls, sep));
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", unknown)
                .put("continuing_subword_prefix", "##").put("max_input_chars_per_word", LONGEST_WORD_CHARS);
        ObjectNode vocabulary = model.putObject("vocab");
        ids.forEach(vocabulary::put);
        return root;
    }

    /** Each of these changes ids in a way that vocab.txt does not tell. */
    private void refuseWhatIsNotSaid() {
        JsonNode type = config.path("tokenizer_class");
        if (type.isTextual() && !CLASSES.contains(type.asText())) {
            throw unsupported("tokenizer_class", type);
        }
        JsonNode basic = config.path("do_basic_tokenize");
        if (basic.isBoolean() && !basic.asBoolean()) {
            throw unsupported("do_basic_tokenize", basic);
        }
        for (JsonNode word : config.path("never_split")) {
            if (!isSpecial(word.asText())) {
                throw unsupported("never_split", config.get("never_split"));
            }
        }
        JsonNode added = files.json(ADDED).orElse(config.path("added_tokens_decoder"));
        for (Map.Entry<String, JsonNode> entry : added.properties()) {
            String content = entry.getValue().isObject() ? entry.getValue().path("content").asText() : entry.getKey();
            if (!ids.containsKey(content)) {
                throw new ModelException(files.path(files.has(ADDED) ? ADDED : CONFIG) + ": adds the token '" + content
                        + "' beside " + VOCABULARY + "; a tokenizer.json is needed: save the model's tokenizer anew");
            }
        }
    }

    private boolean isSpecial(String word) {
        return List.of("cls_token", "sep_token", "unk_token", "pad_token", "mask_token").stream()
                .anyMatch(name -> word.equals(named(name, null)));
    }

    private ModelException unsupported(String field, JsonNode value) {
        return new ModelException(files.path(CONFIG) + ": " + field + " is " + value + ", which " + VOCABULARY
                + " alone cannot serve; a tokenizer.json is needed: save the model's tokenizer anew");
    }

    private String token(String name, String usual) {
        String token = optional(name, usual);
        if (!ids.containsKey(token)) {
            throw new ModelException(files.path(VOCABULARY) + ": has no token " + token + " (" + name
                    + "); take the vocabulary that belongs to the model");
        }
        return token;
    }

    private String optional(String name, String usual) {
        String named = named(name, usual);
        return named == null ? usual : named;
    }

    private String named(String name, String otherwise) {
        for (JsonNode source : new JsonNode[]{special, config}) {
            JsonNode value = source.path(name);
            String text = value.isTextual() ? value.asText() : value.path("content").asText(null);
            if (text != null) {
                return text;
            }
        }
        return otherwise;
    }

    private void addSpecial(ArrayNode added, Set<String> tokens) {
        tokens.stream().filter(ids::containsKey).sorted(Comparator.comparing(ids::get))
                .forEach(token -> added.addObject().put("id", ids.get(token)).put("content", token)
                        .put("single_word", false).put("lstrip", false).put("rstrip", false).put("normalized", false)
                        .put("special", true));
    }

    private ObjectNode normalizer() {
        ObjectNode normalizer = JsonNodeFactory.instance.objectNode().put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", config.path("tokenize_chinese_chars").asBoolean(true));
        JsonNode strip = config.path("strip_accents");
        if (strip.isBoolean()) {
            normalizer.put("strip_accents", strip.asBoolean());
        } else {
            normalizer.putNull("strip_accents");
        }
        return normalizer.put("lowercase", lowercases());
    }

    /** Stated, or true, the original's default, where no token has a capital letter to lose. */
    private boolean lowercases() {
        JsonNode stated = config.path("do_lower_case");
        if (stated.isBoolean()) {
            return stated.asBoolean();
        }
        for (String token : ids.keySet()) {
            if (!token.startsWith("[") && !token.equals(token.toLowerCase(Locale.ROOT))) {
                throw new ModelException(files.path(VOCABULARY) + ": has tokens with capital letters, such as '" + token
                        + "', but nothing says whether texts are lower-cased; put {\"do_lower_case\": true or false}"
                        + " in " + CONFIG + " beside it");
            }
        }
        return true;
    }

    private ObjectNode postProcessor(String cls, String sep) {
        ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        for (ArrayNode sequence : List.of(single, pair)) {
            piece(sequence, "SpecialToken", cls, 0);
            piece(sequence, "Sequence", "A", 0);
            piece(sequence, "SpecialToken", sep, 0);
        }
        piece(pair, "Sequence", "B", 1);
        piece(pair, "SpecialToken", sep, 1);
        ObjectNode tokens = template.putObject("special_tokens");
        for (String token : List.of(cls, sep)) {
            ObjectNode entry = tokens.putObject(token).put("id", token);
            entry.putArray("ids").add(ids.get(token));
            entry.putArray("tokens").add(token);
        }
        return template;
    }

    private static void piece(ArrayNode sequence, String kind, String id, int type) {
        sequence.addObject().putObject(kind).put("id", id).put("type_id", type);
    }
}
