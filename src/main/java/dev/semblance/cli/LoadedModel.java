package dev.semblance.cli;

import dev.semblance.bench.OpenEngine;
import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.infer.Engines;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.text.Preprocessing;
import dev.semblance.text.Tokenizer;
import dev.semblance.text.TokenizerChoice;
import dev.semblance.text.Tokenizers;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Model, tokenizer and engine, warm and ready: what every command that embeds needs. Owns both.
 *
 * @param bundle what it was opened from
 * @param steps  shared by all threads; valid until {@link #close}
 */
record LoadedModel(ModelBundle bundle, EmbeddingSteps steps) implements OpenEngine {

    static LoadedModel open(Config config, MeterRegistry registry) {
        return open(ModelBundle.open(config.model()), config, registry);
    }

    /** With vectors as long as pooling leaves them. */
    static LoadedModel openWithoutNormalisation(Config config, MeterRegistry registry) {
        return open(ModelBundle.open(config.model()).withoutNormalisation(), config, registry);
    }

    private static LoadedModel open(ModelBundle bundle, Config config, MeterRegistry registry) {
        String preprocessing = config.embed().preprocessing();
        Preprocessing steps = Preprocessing
                .of(preprocessing.equals("model") ? bundle.manifest().preprocessing() : preprocessing);
        Tokenizer tokenizer = Tokenizers.open(bundle.tokenizerJson(), bundle.maxTokens(),
                TokenizerChoice.of(config.embed().tokenizer()));
        try {
            EmbeddingEngine engine = Engines.open(config.engine(), bundle, registry);
            return new LoadedModel(bundle, new EmbeddingSteps(tokenizer, engine, steps));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public void close() {
        steps.engine().close();
        steps.tokenizer().close();
    }
}
