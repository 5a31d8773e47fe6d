package dev.semblance.record;

import java.util.Objects;

/**
 * A text event with its vector, and how that vector came about.
 *
 * @param event         the event; its text is null where {@code text.keep=false}
 * @param source        the record of the texts topic that it came from
 * @param model         which model made the vector
 * @param preprocessing name of the text preprocessing applied before tokenisation
 * @param vector        [model.dimension], unit L2 norm where the model is normalised; not to be written to
 * @param tokenCount    tokens seen by the model, special tokens included
 * @param truncated     whether tokens were cut off at the model's maximum
 * @param textHash      hash of the normalised text
 * @param figuresHash   hash of the numbers and tickers in the text; differs between VARIANTs. 0 where there are none
 * @param sourceValue   the original bytes of the record's value where {@code source.keep=true}, else null
 */
public record Embedding(TextEvent event, SourcePosition source, ModelIdentity model, String preprocessing,
        float[] vector, int tokenCount, boolean truncated, TextHash textHash, long figuresHash, byte[] sourceValue) {

    public Embedding {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(vector, "vector");
        Objects.requireNonNull(textHash, "textHash");
    }
}
