package dev.semblance.record;

import java.util.Objects;

/**
 * A watch with the vector of its text.
 *
 * @param vector [model.dimension], unit L2 norm where the model is normalised; not to be written to
 */
public record WatchVector(Watch watch, ModelIdentity model, float[] vector) {

    public WatchVector {
        Objects.requireNonNull(watch, "watch");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(vector, "vector");
    }
}
