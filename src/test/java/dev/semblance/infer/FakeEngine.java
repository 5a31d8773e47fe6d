package dev.semblance.infer;

import dev.semblance.batch.BatchLimits;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.GraphFeed;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelVariant;
import dev.semblance.model.bundle.OnnxSource;
import dev.semblance.record.ModelIdentity;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;

/** The real engine on a scripted device, so that other rooms can test without a model. */
public final class FakeEngine {

    public static final ModelIdentity MODEL = new ModelIdentity("test/fake", "f".repeat(64), FakeBackend.DIMENSION,
            "mean", true, 64, "fp32");

    private FakeEngine() {}

    /** With a cache, two threads, and room for 1,024 texts. */
    public static EmbeddingEngine open(FakeBackend backend) {
        return open(backend, 1 << 20, new SimpleMeterRegistry());
    }

    /** @param cacheMaxBytes 0 for none */
    public static EmbeddingEngine open(FakeBackend backend, long cacheMaxBytes, MeterRegistry registry) {
        EmbeddingEngine engine = device(backend, settings(2, 1024, Duration.ofSeconds(30)), registry);
        return cacheMaxBytes == 0 ? engine : new CachedEngine(engine, cacheMaxBytes, registry);
    }

    static ModelVariant variant(boolean nondeterministicAllowed) {
        return new ModelVariant("fake", MODEL, new OnnxSource.OfFile(Path.of("fake.onnx")),
                new GraphFeed(Manifest.Layout.PADDED, Manifest.Inputs.USUAL, null, Pooling.MEAN, true, 0), -1,
                nondeterministicAllowed);
    }

    static EngineSettings settings(int threads, int queueMaxTexts, Duration timeout) {
        return new EngineSettings(threads, BatchLimits.padded(256, 16, 1, MODEL.maxTokens(), 0, queueMaxTexts),
                timeout);
    }

    static DeviceEngine device(FakeBackend backend, EngineSettings settings, MeterRegistry registry) {
        return DeviceEngine.open(variant(false), backend, settings, new WarmUp(settings.limits(), -1, 0),
                registry);
    }
}
