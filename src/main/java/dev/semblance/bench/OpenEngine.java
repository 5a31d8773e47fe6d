package dev.semblance.bench;

import dev.semblance.embed.EmbeddingSteps;

/** A model that is warm, with its tokenizer. Closing frees both. */
public interface OpenEngine extends AutoCloseable {

    EmbeddingSteps steps();

    @Override
    void close();
}
