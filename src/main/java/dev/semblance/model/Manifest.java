package dev.semblance.model;

/**
 * What a model's maker states about it; docs/MODELS.md explains each field.
 *
 * @param revision      content hash as stated, lower-case hexadecimal, or null where the manifest leaves it out
 * @param dimension     length of a vector
 * @param normalised    whether vectors are scaled to unit L2 norm
 * @param maxTokens     texts are truncated to this many tokens, special tokens included
 * @param precision     {@code fp32}, {@code fp16} or {@code int8}: of the weights
 * @param deterministic whether a text's vector is the same bytes whatever else is in its batch
 * @param preprocessing what the texts it was trained on had been put through: {@code none}, {@code tweet-eval} or
 *                      {@code bertweet}
 * @param padTokenId    id written into padded positions, which the attention mask hides
 * @param inputs        names of the graph's inputs
 * @param output        name of the graph's output to use, or null for its only one
 */
public record Manifest(String id, String revision, int dimension, Pooling pooling, boolean normalised, int maxTokens,
        String precision, boolean deterministic, String preprocessing, int padTokenId, Inputs inputs, String output) {

    /** Fewest tokens a text may be truncated to: room for the special tokens and some of the text. */
    public static final int MIN_TOKENS = 8;

    /** Names of the graph's inputs: [rows × tokens] each, int64 or int32. Mask and types are used if the graph has them. */
    public record Inputs(String ids, String mask, String types) {

        /** As exported from BERT and its kin. */
        public static final Inputs USUAL = new Inputs("input_ids", "attention_mask", "token_type_ids");
    }

    Manifest withMaxTokens(int tokens) {
        return new Manifest(id, revision, dimension, pooling, normalised, tokens, precision, deterministic,
                preprocessing, padTokenId, inputs, output);
    }

    Manifest withNormalised(boolean unitNorm) {
        return new Manifest(id, revision, dimension, pooling, unitNorm, maxTokens, precision, deterministic,
                preprocessing, padTokenId, inputs, output);
    }
}
