package dev.semblance.embed;

import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.Preprocessing;
import dev.semblance.text.TextFingerprint;
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

    /**
     * The record of an event.
     *
     * @param event       as it is to be kept, with or without its text
     * @param text        the event's
     * @param vector      what {@code submitted} became
     * @param sourceValue the source record's bytes, or null where they are not kept
     */
    public Embedding embedding(TextEvent event, String text, SourcePosition source, Submitted submitted,
            float[] vector, byte[] sourceValue) {
        return new Embedding(event, source, model(), preprocessing.id(), vector, submitted.tokens().length(),
                submitted.tokens().truncated(), TextFingerprint.hash(text), TextFingerprint.figures(text), sourceValue);
    }

    public ModelIdentity model() {
        return engine.model();
    }
}
