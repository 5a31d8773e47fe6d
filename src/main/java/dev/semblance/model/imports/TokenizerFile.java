package dev.semblance.model.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.model.ModelException;
import dev.semblance.model.graph.Architecture;
import dev.semblance.model.graph.Architecture.Family;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bundle's {@code tokenizer.json}: the one shipped, or the one that vocab.txt makes, without truncation and padding,
 * and held against the model.
 *
 * <p>
 * Thread: immutable.
 */
final class TokenizerFile {

    static final String NAME = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String VOCABULARY = "vocab.txt";
    private static final List<String> PADS = List.of("[PAD]", "<pad>");
    /** Rows of the word table that no token uses; tables are padded to round numbers. */
    private static final int SPARE_ROWS = 1024;
    private static final double SPARE_SHARE = 0.05;
    private static final int PROBE_TOKENS = 16;

    private final SourceFiles files;
    private final String origin;
    private final ObjectNode root;
    private final Map<String, Integer> ids;

    private TokenizerFile(SourceFiles files, String origin, ObjectNode root) {
        this.files = files;
        this.origin = origin;
        this.root = root;
        this.ids = ids(root);
    }

    static TokenizerFile read(SourceFiles files, Family family) {
        if (files.has(NAME)) {
            JsonNode shipped = files.parse(NAME, files.require(NAME));
            if (!(shipped instanceof ObjectNode root) || !root.path("model").isObject()) {
                throw new ModelException(files.path(NAME) + ": has no object 'model': it is no tokenizer.json of"
                        + " Hugging Face tokenizers; fetch the right file");
            }
            TokenizerFile file = new TokenizerFile(files, NAME, root.putNull("truncation").putNull("padding"));
            file.requireSameAsVocabulary();
            file.requireSameAsConfiguration();
            return file;
        }
        if (family == Family.ROBERTA || !files.has(VOCABULARY)) {
            throw new ModelException(files.path(NAME) + ": is missing"
                    + (family == Family.ROBERTA
                            ? ", and for RoBERTa and its kin it cannot be made from other files; save the model's"
                                    + " tokenizer as a fast one"
                            : ", and so is vocab.txt; fetch one of them"));
        }
        return new TokenizerFile(files, VOCABULARY, TokenizerJson.fromVocabulary(files));
    }

    /** The file of the source that it was made from. */
    String origin() {
        return origin;
    }

    byte[] bytes() {
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether texts lose their capitals on the way, as far as can be seen. */
    boolean lowercases() {
        return lowercases(root.path("normalizer"));
    }

    private static boolean lowercases(JsonNode normalizer) {
        if (normalizer.path("type").asText().equals("Lowercase") || normalizer.path("lowercase").asBoolean(false)) {
            return true;
        }
        for (JsonNode part : normalizer.path("normalizers")) {
            if (lowercases(part)) {
                return true;
            }
        }
        return false;
    }

    /** Ids that have no row, and tables that have no tokens. */
    void requireFits(Architecture architecture) {
        int rows = architecture.vocabulary();
        int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        if (largest < 0) {
            throw new ModelException(files.path(origin) + ": has no tokens; fetch it again");
        }
        if (largest >= rows) {
            throw new ModelException(files.path(origin) + ": has token id " + largest + ", but the model has " + rows
                    + " rows of word embeddings (vocab_size); the tokenizer belongs to another model");
        }
        if (rows - 1 - largest > Math.max(SPARE_ROWS, rows * SPARE_SHARE)) {
            throw new ModelException(files.path(origin) + ": its largest token id is " + largest
                    + ", but the model has " + rows + " rows of word embeddings (vocab_size); the tokenizer belongs to"
                    + " another model");
        }
        requirePad(architecture);
    }

    private void requirePad(Architecture architecture) {
        String pad = files.json(CONFIG).map(c -> c.path("pad_token"))
                .map(p -> p.isTextual() ? p.asText() : p.path("content").asText(null)).orElse(null);
        Integer id = pad != null
                ? ids.get(pad)
                : PADS.stream().filter(ids::containsKey).findFirst().map(ids::get).orElse(null);
        if (id == null) {
            throw new ModelException(
                    files.path(origin) + ": has no pad token (" + (pad == null ? "[PAD] or <pad>" : pad)
                            + "); the tokenizer belongs to another model");
        }
        // RoBERTa counts positions from it. In other families the mask hides it, and configurations are careless.
        if (architecture.family() == Family.ROBERTA && id != architecture.padTokenId()) {
            throw new ModelException(files.path(origin) + ": its pad token has id " + id + ", but config.json says "
                    + architecture.padTokenId() + " (pad_token_id); the tokenizer belongs to another model");
        }
    }

    /** How it treats texts: begins with one special token and ends with another, the ones that config.json names. */
    void requireFrame(TokenIds.Opener tokenizers, Architecture architecture, JsonNode config) {
        int[] one;
        int[] two;
        try (TokenIds tokenizer = tokenizers.open(bytes(), PROBE_TOKENS)) {
            one = tokenizer.of("a");
            two = tokenizer.of("2 b");
        } catch (RuntimeException e) {
            throw new ModelException(files.path(origin) + ": cannot be used: " + e.getMessage(), e);
        }
        int first = one[0];
        int last = one[one.length - 1];
        if (one.length < 3 || first != two[0] || last != two[two.length - 1] || first == last) {
            throw new ModelException(files.path(origin) + ": does not put one token before a text and another behind it"
                    + " ([CLS] and [SEP], or <s> and </s>), as these models need; save the model's tokenizer anew");
        }
        // BERT's configurations name none, or carry numbers that mean nothing.
        if (architecture.family() == Family.ROBERTA) {
            requireNamed(config, "bos_token_id", first);
            requireNamed(config, "eos_token_id", last);
        }
    }

    private void requireNamed(JsonNode config, String field, int id) {
        JsonNode stated = config.path(field);
        if (stated.isIntegralNumber() && stated.asInt() != id) {
            throw new ModelException(files.path(origin) + ": frames texts with token id " + id
                    + ", but config.json says " + stated + " (" + field + "); the tokenizer belongs to another model");
        }
    }

    /** transformers let the configuration win over tokenizer.json, silently; which of them the model knows is unclear. */
    // transformers: tokenization_bert_fast.py.
    private void requireSameAsConfiguration() {
        JsonNode config = files.json(CONFIG).orElse(null);
        if (config == null) {
            return;
        }
        JsonNode side = config.path("truncation_side");
        if (side.isTextual() && !side.asText().equals("right")) {
            throw contradiction("truncation_side is " + side + ", but texts are cut at their end");
        }
        JsonNode normalizer = root.path("normalizer");
        if (!root.path("model").path("type").asText().equals("WordPiece")
                || !normalizer.path("type").asText().equals("BertNormalizer")) {
            return;
        }
        boolean lowercase = normalizer.path("lowercase").asBoolean(true);
        requireSame(config, "do_lower_case", lowercase);
        requireSame(config, "tokenize_chinese_chars", normalizer.path("handle_chinese_chars").asBoolean(true));
        requireSame(config, "strip_accents", normalizer.path("strip_accents").asBoolean(lowercase));
    }

    private void requireSame(JsonNode config, String field, boolean here) {
        JsonNode stated = config.path(field);
        if (stated.isBoolean() && stated.asBoolean() != here) {
            throw contradiction(field + " is " + stated + ", but " + NAME + " does the opposite");
        }
    }

    private ModelException contradiction(String what) {
        return new ModelException(files.path(CONFIG) + ": " + what
                + "; save the model's tokenizer anew, or correct the wrong one of them");
    }

    private void requireSameAsVocabulary() {
        if (!files.has(VOCABULARY) || !root.path("model").path("type").asText().equals("WordPiece")) {
            return;
        }
        TokenizerJson.vocabulary(files).forEach((token, id) -> {
            Integer here = ids.get(token);
            if (here == null || !here.equals(id)) {
                throw new ModelException(files.path(NAME) + ": gives '" + token + "' "
                        + (here == null ? "no id" : "the id " + here) + ", but vocab.txt says " + id
                        + "; they are of different models: remove the wrong one");
            }
        });
    }

    private static Map<String, Integer> ids(ObjectNode root) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isArray()) {
            // Unigram: [token, score] a row, the row's number is the id.
            for (int i = 0; i < vocabulary.size(); i++) {
                ids.put(vocabulary.get(i).path(0).asText(), i);
            }
        } else {
            vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        }
        root.path("added_tokens").forEach(token -> ids.put(token.path("content").asText(), token.path("id").asInt()));
        return ids;
    }
}
