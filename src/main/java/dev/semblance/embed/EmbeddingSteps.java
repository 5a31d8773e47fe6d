package dev.semblance.embed;

import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.Preprocessing;
import dev.semblance.text.Tokenizer;
import java.util.concurrent.CompletableFuture;

/**
 * Text → preprocessing → tokens → engine: the same steps for events, watches and the command line. Thread-safe.
 *
 * @param tokenizer     shared by all threads
 * @param engine        shared by all threads
 * @param preprocessing applied before tokenisation, and stamped into each record
 */
public record EmbeddingSteps(Tokenizer tokenizer, EmbeddingEngine engine, Preprocessing preprocessing) {

    /** A text on its way through the engine. */
    public record Submitted(TokenizedText tokens, CompletableFuture<float[]> vector) {}

    /**
     * Blocks while the engine's queue is full.
     *
     * @throws dev.semblance.record.PoisonTextException where the tokenizer rejects the text
     */
    public Submitted submit(String text) {
        TokenizedText tokens = tokenizer.tokenize(preprocessing.apply(text));
        return new Submitted(tokens, engine.submit(tokens));
    }

    public ModelIdentity model() {
        return engine.model();
    }
}
