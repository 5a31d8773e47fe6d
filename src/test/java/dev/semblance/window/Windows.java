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
                Duration.ofMillis(200), 64, VectorEncoding.F32, false, 1e-6, "none",
                null, 1);
    }

    /** The same with another half-life of similarities. */
    public static Config.Detect decaying(Config.Detect c, long halfLifeMs) {
        return new Config.Detect(c.threads(), c.mode(), c.window(), c.grace(), c.threshold(),
                Duration.ofMillis(halfLifeMs), c.suppressedKinds(), c.refresh(), c.burstSteps(), c.meteredSources(),
                c.windowMaxBytes(), c.shards(), c.reorder(), c.scanMaxRows(), c.vectorEncoding(), c.exact(),
                c.missProbability(), c.centre(), c.mean(), c.scanThreads());
    }

    /** With another promise. */
    static Config.Detect promising(Config.Detect c, double missProbability, boolean exact) {
        return new Config.Detect(c.threads(), c.mode(), c.window(), c.grace(), c.threshold(), c.decayHalfLife(),
                c.suppressedKinds(), c.refresh(), c.burstSteps(), c.meteredSources(), c.windowMaxBytes(), c.shards(),
                c.reorder(), c.scanMaxRows(), c.vectorEncoding(), exact, missProbability, c.centre(), c.mean(),
                c.scanThreads());
    }

    /** An index at that threshold. */
    static VectorIndex index(double threshold, double missProbability, boolean exact) {
        return new VectorIndex(promising(config(Long.MAX_VALUE).withThreshold(threshold), missProbability, exact));
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
