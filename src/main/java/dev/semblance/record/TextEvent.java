package dev.semblance.record;

import java.util.Map;
import java.util.Objects;

/**
 * One text as its source described it.
 *
 * @param id          the event's own id, else the record's key, else {@link SourcePosition#asEventId()}; never empty
 * @param text        the original text, well-formed UTF-16; null only where {@code text.keep=false} removed it
 * @param eventTimeMs when it was said, epoch milliseconds
 * @param user        who said it; may be null
 * @param lang        language tag as given by the source; may be null
 * @param attributes  every other field of the source, as text; nested values as compact JSON
 */
public record TextEvent(String id, String text, long eventTimeMs, String user, String lang,
        Map<String, String> attributes) {

    public TextEvent {
        Objects.requireNonNull(id, "id");
        attributes = Map.copyOf(attributes);
    }

    public TextEvent withoutText() {
        return new TextEvent(id, null, eventTimeMs, user, lang, attributes);
    }
}
