package dev.semblance.peers;

import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;

/** The in-process model that LangChain4j's documentation shows, as its users call it. Thread: one. */
public final class LangChain4j extends InProcess {

    public LangChain4j() {
        super("langchain4j fp32", new AllMiniLmL6V2EmbeddingModel());
    }
}
