package dev.semblance.record;

import java.util.List;
import java.util.Objects;

/**
 * About the mean of the unit vectors that a model makes of many texts: what its vectors have in common. Its squared
 * length is the mean cosine of two unlike texts.
 *
 * @param modelId of the model, in whatever precision
 * @param mean    [dimension]
 */
public record ModelMean(String modelId, List<Float> mean) {

    public ModelMean {
        Objects.requireNonNull(modelId, "modelId");
        mean = List.copyOf(mean);
    }

    /** Whether it is of vectors of that model. */
    public boolean isOf(ModelIdentity model) {
        return modelId.equals(model.id()) && mean.size() == model.dimension();
    }

    /** A new array, [dimension]. */
    public float[] vector() {
        float[] v = new float[mean.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = mean.get(i);
        }
        return v;
    }
}
