package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.window.Windows;
import java.util.Map;
import java.util.Random;

/** Makes events with vectors. */
final class Events {

    static final ModelIdentity MODEL = Windows.model("r1", 8);

    private Events() {}

    /** @param text number of the normalised text; texts are equal where it is */
    static Embedding event(String id, long timeMs, ModelIdentity model, float[] vector, int text, long figures) {
        return new Embedding(new TextEvent(id, "text " + text, timeMs, null, null, Map.of()),
                new SourcePosition("texts", 0, timeMs), model, "none", vector, 4, false, Windows.hash(text), figures,
                null);
    }

    /** A vector at that angle (radians) from the first axis, in the plane of it and another axis. */
    static float[] at(double angle, int axis) {
        float[] v = new float[8];
        v[0] = (float) Math.cos(angle);
        v[axis] = (float) Math.sin(angle);
        return v;
    }

    /** One of a few directions, blurred: near 1 in cosine to its like, anything to the others. */
    static float[] cluster(Random random, int dimension, int cluster, double blur) {
        Random fixed = new Random(cluster);
        float[] v = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            v[i] = (float) (fixed.nextGaussian() + blur * random.nextGaussian());
        }
        return v;
    }
}
