package dev.semblance.window;

import dev.semblance.config.Config;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.record.VectorEncoding;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes what the tests of windows and rules need. */
public final class Windows {

    private Windows() {}

    public static ModelIdentity model(String revision, int dimension) {
        return new ModelIdentity("test-model", revision, dimension, "mean", true, 128, "fp32");
    }

    public static Config.Detect config(long windowMs, long graceMs, double threshold, boolean refresh, long maxBytes,
            Set<MatchKind> suppressed) {
        return new Config.Detect(1, Config.DetectMode.DEDUP, Duration.ofMillis(windowMs), Duration.ofMillis(graceMs),
                threshold, Duration.ZERO, suppressed, refresh, List.of(10, 100), 20, maxBytes, 1,
                Duration.ofMillis(200), 64, VectorEncoding.F32, false, 1e-6);
    }

    static Config.Detect config(long maxBytes) {
        return config(1000, 100, 0.9, false, maxBytes, Set.of(MatchKind.EXACT, MatchKind.NEAR));
    }

    public static TextHash hash(int text) {
        return new TextHash(text * 0x9e3779b97f4a7c15L, text);
    }

    static float[] vector(Random random, int dimension) {
        float[] v = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return v;
    }

    static WindowEntry entry(String id, long timeMs, ModelIdentity model, float[] vector, int text) {
        return new WindowEntry(id, timeMs, timeMs, model, vector, hash(text), text % 3, "text " + text);
    }
}
