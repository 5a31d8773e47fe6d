package dev.semblance.peers;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.semblance.bench.Peer;
import java.util.List;

/** {@code EmbeddingModel.embedAll}, which spreads the texts it is given over all cores. Thread: one. */
abstract class InProcess implements Peer {

    private final String name;
    private final EmbeddingModel model;

    InProcess(String name, EmbeddingModel model) {
        this.name = name + " " + version(model.getClass());
        this.model = model;
    }

    /** By the name of its jar. */
    private static String version(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath().replaceFirst(".*/", "")
                .replaceFirst("^.*?-(\\d+\\..*)\\.jar$", "$1");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public float[][] embed(List<String> texts) {
        return model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
                .map(Embedding::vector).toArray(float[][]::new);
    }

    @Override
    public void close() {
        // It ends with its process.
    }
}
