package dev.semblance.record;

import java.util.List;
import java.util.Objects;

/**
 * A standing query: report every event whose cosine with {@code text} reaches {@code threshold}.
 *
 * @param threshold null for the threshold of the detect stage
 */
public record Watch(String id, String text, Double threshold, List<String> labels) {

    /** Lower ones report what merely has the same subject. */
    public static final double MIN_THRESHOLD = 0.5;
    public static final double MAX_THRESHOLD = 0.999;
    public static final int MAX_LABELS = 64;
    /** Of UTF-8. */
    public static final int MAX_LABEL_BYTES = 256;

    public Watch {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(text, "text");
        labels = List.copyOf(labels);
    }
}
