package dev.semblance.peers;

import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;

/** LangChain4j's quantised in-process model. Thread: one. */
public final class LangChain4jQuantised extends InProcess {

    public LangChain4jQuantised() {
        super("langchain4j quantised", new AllMiniLmL6V2QuantizedEmbeddingModel());
    }
}
