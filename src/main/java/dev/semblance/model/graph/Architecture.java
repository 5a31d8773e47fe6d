package dev.semblance.model.graph;

/**
 * The shape of an encoder, whatever its family calls the parts.
 *
 * @param hidden         length of a token's vector, and of an embedding
 * @param positions      longest text in tokens, special tokens included
 * @param positionOffset rows at the start of the position table that no text uses (RoBERTa: pad id + 1)
 * @param types          rows of the token-type table, 0 for none
 */
public record Architecture(Family family, int hidden, int layers, int heads, int intermediate, int positions,
        int positionOffset, int types, int vocabulary, int padTokenId, float layerNormEpsilon, Activation activation) {

    /** Naming of the tensors, and how positions count. */
    public enum Family {
        BERT,
        ROBERTA,
        DISTILBERT
    }

    /** Of the feed-forward layer. */
    public enum Activation {

        /** x · Φ(x), by the error function. */
        GELU,

        /** The approximation by tanh. */
        GELU_TANH
    }
}
