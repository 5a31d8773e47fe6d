package dev.semblance.infer;

import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.infer.onnx.OnnxBackends;
import dev.semblance.model.ModelException;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.model.bundle.ModelVariant;
import dev.semblance.model.graph.GraphVariant;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the engine that the configuration asks for. */
public final class Engines {

    private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

    private Engines() {}

    /**
     * Warm and ready: the first text is as fast as the thousandth. With several CUDA devices, one engine each behind a
     * dispatcher; a cache in front unless {@code cache.max.bytes} is 0.
     *
     * @throws EngineStartException                   naming what is missing, or the device's fault
     * @throws dev.semblance.model.ModelException     naming the model's fault
     */
    public static EmbeddingEngine open(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        EmbeddingEngine engine = switch (config.provider()) {
            case CPU -> cpu(config, bundle, registry);
            case CUDA -> cuda(config, bundle, registry);
            case AUTO -> auto(config, bundle, registry);
        };
        return config.cacheMaxBytes() == 0 ? engine : new CachedEngine(engine, config.cacheMaxBytes(), registry);
    }

    private static EmbeddingEngine auto(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        try {
            return cuda(config, bundle, registry);
        } catch (EngineStartException | ModelException e) {
            LOG.warn("execution.provider=auto: CUDA cannot be used, running on the CPU instead, many times slower."
                    + " Reason: {}",
                    e.getMessage());
            return cpu(config, bundle, registry);
        }
    }

    private static DeviceEngine cpu(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        ModelVariant variant = bundle.variant(ExecutionProvider.CPU);
        EngineSettings settings = EngineSettings.cpu(config, variant.identity().maxTokens());
        return open(OnnxBackends.cpu(variant, settings.limits()), settings, variant, registry);
    }

    private static EmbeddingEngine cuda(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        // Before the graph is read and hashed: most machines end here.
        config.deviceIds().forEach(device -> OnnxBackends.requireCuda(device, config.cuda().libraries()));
        return withPaddedFallback(bundle, variant -> cuda(config, variant, registry));
    }

    /** Opens the default graph for CUDA; where it is packed and refused, the padded one, if the choice is free. */
    static EmbeddingEngine withPaddedFallback(ModelBundle bundle, Function<ModelVariant, EmbeddingEngine> opener) {
        ModelVariant variant = bundle.variant(ExecutionProvider.CUDA);
        if (variant.feed().layout() != Manifest.Layout.PACKED) {
            return opener.apply(variant);
        }
        try {
            return opener.apply(variant);
        } catch (DeviceUnavailableException e) {
            // Another graph would fare no better.
            throw e;
        } catch (EngineStartException e) {
            ModelVariant padded = bundle.paddedVariantForCuda().orElseThrow(() -> new EngineStartException(
                    e.getMessage() + "; set model.variant=" + GraphVariant.CUDA_FP16.id()
                            + ", which needs no packed attention",
                    e));
            LOG.warn("The variant {} is refused, running {} instead: batches are padded, which is slower, and vectors"
                    + " have another revision. Set model.variant={} to keep it. Reason: {}", variant.name(),
                    padded.name(), padded.name(), e.getMessage());
            return opener.apply(padded);
        }
    }

    private static EmbeddingEngine cuda(Config.Engine config, ModelVariant variant, MeterRegistry registry) {
        EngineSettings settings = EngineSettings.cuda(config, variant.identity().maxTokens(),
                variant.feed().layout() == Manifest.Layout.PACKED);
        List<DeviceEngine> engines = new ArrayList<>();
        try {
            for (int device : config.deviceIds()) {
                Backend backend = OnnxBackends.cuda(variant, settings.limits(), device,
                        config.cuda().memoryMaxBytes());
                engines.add(open(backend, settings, variant, registry));
            }
        } catch (RuntimeException | Error e) {
            try {
                DispatchingEngine.closeAll(engines);
            } catch (RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
        return engines.size() == 1 ? engines.getFirst() : new DispatchingEngine(engines);
    }

    private static DeviceEngine open(Backend backend, EngineSettings settings, ModelVariant variant,
            MeterRegistry registry) {
        return DeviceEngine.open(variant, backend, settings,
                new WarmUp(settings.limits(), variant.vocabularySize(), variant.feed().padTokenId()), registry);
    }
}
