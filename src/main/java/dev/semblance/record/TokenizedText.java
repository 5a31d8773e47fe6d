package dev.semblance.record;

import java.util.Arrays;

/**
 * A text as the model sees it.
 *
 * @param ids       token ids, special tokens included, [1 … maxTokens]; not to be written to
 * @param truncated whether tokens were cut off at the model's maximum
 */
public record TokenizedText(int[] ids, boolean truncated) {

    public int length() {
        return ids.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenizedText t && truncated == t.truncated && Arrays.equals(ids, t.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return ids.length + (truncated ? " tokens, truncated" : " tokens");
    }
}
