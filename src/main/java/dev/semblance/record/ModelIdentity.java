package dev.semblance.record;

/**
 * Which model made a vector. Vectors are comparable only where {@code id} and {@code revision} are equal.
 *
 * @param revision   content hash of everything that shapes a vector (weights, tokenizer, pooling, maximum tokens)
 * @param dimension  length of a vector
 * @param pooling    {@code mean} or {@code cls}
 * @param normalised whether vectors have unit L2 norm
 * @param maxTokens  texts are truncated to this many tokens, special tokens included
 * @param precision  {@code fp32}, {@code fp16} or {@code int8}
 */
public record ModelIdentity(String id, String revision, int dimension, String pooling, boolean normalised,
        int maxTokens, String precision) {

    /** True where vectors of both may be compared. */
    public boolean comparableWith(ModelIdentity other) {
        return id.equals(other.id) && revision.equals(other.revision);
    }
}
