package dev.semblance.model.imports;

import com.fasterxml.jackson.databind.JsonNode;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the files of sentence-transformers say, where there are any: {@code modules.json} and what it leads to.
 *
 * @param pooling    or null where there is no modules.json
 * @param maxTokens  0 where it is not stated
 * @param lowercases whether texts are lower-cased before the tokenizer sees them
 */
// sentence-transformers: models/Transformer.py, models/Pooling.py, models/Normalize.py.
record SentenceModules(Pooling pooling, int maxTokens, boolean lowercases) {

    private static final String MODULES = "modules.json";
    private static final String TRANSFORMER_CONFIG = "sentence_bert_config.json";
    private static final String PROMPTS = "config_sentence_transformers.json";
    private static final String PACKAGE = "sentence_transformers.";

    /** Ways of pooling that exist, and the ones that are ours. */
    private static final Map<String, Pooling> MODES = Map.of("pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_mean_tokens", Pooling.MEAN);
    private static final Map<String, Pooling> NAMED_MODES = Map.of("cls", Pooling.CLS, "mean", Pooling.MEAN);

    static SentenceModules read(SourceFiles files, int hidden) {
        JsonNode config = files.json(TRANSFORMER_CONFIG).orElse(null);
        int maxTokens = config == null ? 0 : maxTokens(files, config);
        boolean lowercases = config != null && config.path("do_lower_case").asBoolean(false);
        if (!files.has(MODULES)) {
            return new SentenceModules(null, maxTokens, lowercases);
        }
        refusePrompts(files);
        List<String> kinds = new ArrayList<>();
        Pooling pooling = null;
        for (JsonNode module : files.json(MODULES).orElseThrow()) {
            String kind = kind(files, module);
            kinds.add(kind);
            if (kind.equals("Pooling")) {
                pooling = pooling(files, module.path("path").asText() + "/config.json", hidden);
            }
        }
        if (!kinds.equals(List.of("Transformer", "Pooling"))
                && !kinds.equals(List.of("Transformer", "Pooling", "Normalize"))) {
            throw new ModelException(files.path(MODULES) + ": its modules are " + kinds
                    + "; supported are Transformer, Pooling and, last, Normalize: take another model");
        }
        return new SentenceModules(pooling, maxTokens, lowercases);
    }

    private static String kind(SourceFiles files, JsonNode module) {
        String type = module.path("type").asText();
        String kind = type.substring(type.lastIndexOf('.') + 1);
        if (!type.startsWith(PACKAGE) || !List.of("Transformer", "Pooling", "Normalize").contains(kind)) {
            throw new ModelException(files.path(MODULES) + ": has a module of type '" + type
                    + "'; supported are Transformer, Pooling (cls or mean) and Normalize of sentence_transformers: take"
                    + " another model");
        }
        String path = module.path("path").asText();
        if (kind.equals("Transformer") && !path.isEmpty()) {
            throw new ModelException(files.path(MODULES) + ": keeps the transformer in '" + path
                    + "'; give a folder with config.json, tokenizer and weights in it, and --pooling");
        }
        if (kind.equals("Pooling") && !path.matches("[0-9]+_Pooling")) {
            throw new ModelException(files.path(MODULES) + ": keeps Pooling in '" + path
                    + "'; expected a folder like 1_Pooling");
        }
        return kind;
    }

    private static Pooling pooling(SourceFiles files, String name, int hidden) {
        JsonNode config = files.parse(name, files.require(name));
        JsonNode dimension = config.has("word_embedding_dimension")
                ? config.get("word_embedding_dimension")
                : config.path("embedding_dimension");
        if (dimension.isNumber() && dimension.asInt() != hidden) {
            throw new ModelException(files.path(name) + ": has vectors of " + dimension + ", but config.json of "
                    + hidden + "; take both from one model");
        }
        List<String> modes = new ArrayList<>();
        Pooling pooling = null;
        if (config.path("pooling_mode").isTextual()) {
            modes.add(config.get("pooling_mode").asText());
            pooling = NAMED_MODES.get(modes.getFirst());
        } else {
            for (Map.Entry<String, JsonNode> field : config.properties()) {
                if (field.getKey().startsWith("pooling_mode_") && field.getValue().asBoolean()) {
                    modes.add(field.getKey());
                    pooling = MODES.get(field.getKey());
                }
            }
        }
        if (modes.size() != 1 || pooling == null) {
            throw new ModelException(files.path(name) + ": pools by " + modes
                    + "; supported is exactly one of cls and mean: take another model");
        }
        return pooling;
    }

    private static int maxTokens(SourceFiles files, JsonNode config) {
        JsonNode value = config.path("max_seq_length");
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
            throw new ModelException(files.path(TRANSFORMER_CONFIG) + ": max_seq_length is " + value
                    + "; expected a whole number above 0");
        }
        return value.asInt();
    }

    /** A prompt put before each text would shift every vector; leaving it out would too. */
    private static void refusePrompts(SourceFiles files) {
        JsonNode name = files.json(PROMPTS).map(c -> c.path("default_prompt_name")).orElse(null);
        if (name != null && name.isTextual()) {
            throw new ModelException(files.path(PROMPTS) + ": default_prompt_name is " + name
                    + ": the model wants a prompt before each text, which is not supported; take another model");
        }
    }
}
