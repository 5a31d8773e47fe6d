package dev.semblance.record;

import java.util.List;
import java.util.Objects;

/**
 * A standing query: report every event whose cosine with {@code text} reaches {@code threshold}.
 *
 * @param threshold null for the threshold of the detect stage
 */
public record Watch(String id, String text, Double threshold, List<String> labels) {

    public Watch {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(text, "text");
        labels = List.copyOf(labels);
    }
}
