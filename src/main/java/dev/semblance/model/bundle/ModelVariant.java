package dev.semblance.model.bundle;

import dev.semblance.record.ModelIdentity;

/**
 * One graph of a model, checked and ready to be loaded by a device.
 *
 * @param name                    such as {@code cpu-fp32}
 * @param identity                what its records say of it; the revision is a hash of all that shapes a vector
 * @param vocabularySize          ids from 0 to this, exclusive, have an embedding; −1 where the graph does not tell
 * @param nondeterministicAllowed whether a vector may depend on its batch
 */
public record ModelVariant(String name, ModelIdentity identity, OnnxSource onnx, GraphFeed feed, int vocabularySize,
        boolean nondeterministicAllowed) {}
