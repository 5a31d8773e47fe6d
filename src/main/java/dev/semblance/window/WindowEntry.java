package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import java.util.Objects;

/**
 * One original of the window.
 *
 * @param lastSeenMs  event time of its last copy where repeated originals are refreshed, else its own event time
 * @param vector      [model.dimension], any norm but zero, finite; not to be written to
 * @param figuresHash hash of the numbers and tickers in its text, 0 where there are none
 * @param text        null where texts are not kept
 */
public record WindowEntry(String id, long eventTimeMs, long lastSeenMs, ModelIdentity model, float[] vector,
        TextHash textHash, long figuresHash, String text) {

    public WindowEntry {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(vector, "vector");
        Objects.requireNonNull(textHash, "textHash");
    }

    Original original() {
        return new Original(id, eventTimeMs, lastSeenMs, model, textHash, figuresHash, text);
    }
}
