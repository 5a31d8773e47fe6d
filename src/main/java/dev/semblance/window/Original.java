package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;

/**
 * A {@link WindowEntry} without its vector.
 *
 * @param text null where texts are not kept
 */
public record Original(String id, long eventTimeMs, long lastSeenMs, ModelIdentity model, TextHash textHash,
        long figuresHash, String text) {

    WindowEntry with(float[] vector, long newLastSeenMs) {
        return new WindowEntry(id, eventTimeMs, newLastSeenMs, model, vector, textHash, figuresHash, text);
    }
}
