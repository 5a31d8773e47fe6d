package dev.semblance.model.imports;

import dev.semblance.model.Pooling;
import java.util.List;
import java.util.Optional;

/**
 * Models whose files do not say how they are used, though their authors do.
 *
 * @param maxTokens as their authors evaluate them
 */
record KnownModel(String id, Pooling pooling, int maxTokens) {

    // Klein and Nabi, miCSE: Mutual Information Contrastive Learning for Low-shot Sentence Embeddings, ACL 2023: the [CLS]
    // vector of the last layer, without the pooler; the model card truncates at 32 tokens.
    private static final List<KnownModel> ALL = List.of(new KnownModel("sap-ai-research/miCSE", Pooling.CLS, 32));

    static Optional<KnownModel> of(String id) {
        return ALL.stream().filter(model -> model.id.equalsIgnoreCase(id)).findFirst();
    }
}
