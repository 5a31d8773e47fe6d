package dev.semblance.model.imports;

import com.fasterxml.jackson.databind.JsonNode;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.graph.Architecture;
import dev.semblance.model.graph.ArchitectureReader;
import java.util.Optional;

/**
 * What a source folder and the user's options together say; contradictions are refused.
 *
 * @param id        the model's name in records
 * @param maxTokens special tokens included
 * @param tokenizer as the bundle will have it
 */
record SourceModel(String id, Architecture architecture, Pooling pooling, int maxTokens,
        TokenizerFile tokenizer) {

    private static final String CONFIG = "config.json";
    private static final int LARGEST_MAX_TOKENS = 8192;

    static SourceModel read(SourceFiles files, ImportSource source, ImportOptions options,
            TokenIds.Opener tokenizers) {
        byte[] configJson = files.require(CONFIG);
        Architecture architecture = ArchitectureReader.read(configJson, files.path(CONFIG).toString());
        JsonNode config = files.parse(CONFIG, configJson);
        String id = options.id() == null ? source.defaultId() : options.id();
        if (id.isBlank()) {
            throw new ModelException("--id '" + id + "': expected a name; records are stamped with it");
        }
        if (architecture.positions() < Manifest.MIN_TOKENS) {
            throw new ModelException(files.path(CONFIG) + ": leaves room for " + architecture.positions()
                    + " tokens a text (max_position_embeddings); at least " + Manifest.MIN_TOKENS
                    + " are needed: take another model");
        }
        // What the user calls it does not change what it is.
        Optional<KnownModel> known = KnownModel.of(source.repository() == null ? id : source.repository());
        SentenceModules modules = SentenceModules.read(files, architecture.hidden());
        Pooling pooling = pooling(files, options, modules, known);
        int maxTokens = maxTokens(files, options, modules, known, architecture.positions());
        TokenizerFile tokenizer = TokenizerFile.read(files, architecture.family());
        if (modules.lowercases() && !tokenizer.lowercases()) {
            throw new ModelException(files.path("sentence_bert_config.json") + ": do_lower_case is true, but the"
                    + " tokenizer keeps capitals, and lower-casing before it is not supported; save the model with a"
                    + " tokenizer that lower-cases");
        }
        tokenizer.requireFits(architecture);
        tokenizer.requireFrame(tokenizers, architecture, config);
        return new SourceModel(id, architecture, pooling, maxTokens, tokenizer);
    }

    private static Pooling pooling(SourceFiles files, ImportOptions options, SentenceModules modules,
            Optional<KnownModel> known) {
        if (options.pooling() == Pooling.NONE) {
            throw new ModelException("--pooling none: expected cls or mean");
        }
        if (modules.pooling() != null) {
            if (options.pooling() != null && options.pooling() != modules.pooling()) {
                throw new ModelException("--pooling " + options.pooling().id() + ": the model itself says "
                        + modules.pooling().id() + " (" + files.path("modules.json") + "); leave the option out");
            }
            return modules.pooling();
        }
        if (options.pooling() != null) {
            return options.pooling();
        }
        return known.map(KnownModel::pooling).orElseThrow(() -> new ModelException(files.path("modules.json")
                + ": is missing, and nothing else says how token vectors become one; state --pooling cls or --pooling"
                + " mean, as the model's page says: a guess gives vectors that look fine and compare badly"));
    }

    private static int maxTokens(SourceFiles files, ImportOptions options, SentenceModules modules,
            Optional<KnownModel> known, int positions) {
        int limit = Math.min(positions, LARGEST_MAX_TOKENS);
        if (options.maxTokens() != 0) {
            return within("--max-tokens", options.maxTokens(), limit, "");
        }
        if (modules.maxTokens() != 0) {
            return within(files.path("sentence_bert_config.json") + ": max_seq_length", modules.maxTokens(), limit,
                    "; state --max-tokens");
        }
        if (known.isPresent()) {
            return Math.min(known.get().maxTokens(), limit);
        }
        JsonNode stated = files.json("tokenizer_config.json").map(c -> c.path("model_max_length")).orElse(null);
        // Tokenizers without a limit say 10^30.
        return stated != null && stated.isNumber() && stated.asDouble() >= Manifest.MIN_TOKENS
                && stated.asDouble() < limit ? stated.asInt() : limit;
    }

    private static int within(String name, int value, int limit, String hint) {
        if (value < Manifest.MIN_TOKENS || value > limit) {
            throw new ModelException(name + " is " + value + "; the model takes " + Manifest.MIN_TOKENS + " to " + limit
                    + hint);
        }
        return value;
    }
}
