package dev.semblance.infer;

import dev.semblance.config.Config;
import dev.semblance.infer.onnx.OnnxBackends;
import dev.semblance.model.ModelBundle;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
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
     * @throws EngineStartException naming what is missing, the model's fault, or the device's
     */
    public static EmbeddingEngine open(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        EmbeddingEngine engine = switch (config.provider()) {
            case CPU -> cpu(config, bundle, registry);
            case CUDA -> cuda(config, bundle, registry, cudaBackends(config, bundle));
            case AUTO -> auto(config, bundle, registry);
        };
        return config.cacheMaxBytes() == 0 ? engine : new CachedEngine(engine, config.cacheMaxBytes(), registry);
    }

    private static EmbeddingEngine auto(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        List<Backend> backends;
        try {
            backends = cudaBackends(config, bundle);
        } catch (EngineStartException e) {
            LOG.warn("execution.provider=auto: no CUDA, running on the CPU instead, many times slower. Reason: {}",
                    e.getMessage());
            return cpu(config, bundle, registry);
        }
        return cuda(config, bundle, registry, backends);
    }

    private static DeviceEngine cpu(Config.Engine config, ModelBundle bundle, MeterRegistry registry) {
        EngineSettings settings = EngineSettings.cpu(config, bundle.maxTokens());
        return open(OnnxBackends.cpu(bundle, settings.limits()), settings, bundle,
                DeviceEngine.Determinism.REFUSE, registry);
    }

    private static List<Backend> cudaBackends(Config.Engine config, ModelBundle bundle) {
        EngineSettings settings = EngineSettings.cuda(config, bundle.maxTokens());
        List<Backend> backends = new ArrayList<>();
        try {
            for (int device : config.deviceIds()) {
                backends.add(OnnxBackends.cuda(bundle, settings.limits(), device, config.cudaLibraries()));
            }
        } catch (EngineStartException e) {
            backends.forEach(Backend::close);
            throw e;
        }
        return backends;
    }

    private static EmbeddingEngine cuda(Config.Engine config, ModelBundle bundle, MeterRegistry registry,
            List<Backend> backends) {
        EngineSettings settings = EngineSettings.cuda(config, bundle.maxTokens());
        List<DeviceEngine> engines = new ArrayList<>();
        try {
            for (Backend backend : backends) {
                // cuBLAS picks its kernels by the number of rows, so equal bytes cannot be demanded here.
                engines.add(open(backend, settings, bundle, DeviceEngine.Determinism.WARN, registry));
            }
        } catch (EngineStartException e) {
            engines.forEach(DeviceEngine::close);
            backends.subList(Math.min(engines.size() + 1, backends.size()), backends.size()).forEach(Backend::close);
            throw e;
        }
        return engines.size() == 1 ? engines.getFirst() : new DispatchingEngine(engines);
    }

    private static DeviceEngine open(Backend backend, EngineSettings settings, ModelBundle bundle,
            DeviceEngine.Determinism determinism, MeterRegistry registry) {
        DeviceEngine.Determinism verdict = bundle.nondeterministicAllowed()
                ? DeviceEngine.Determinism.IGNORE
                : determinism;
        return DeviceEngine.open(bundle.identity(), backend, settings,
                new WarmUp(settings.limits(), bundle.vocabularySize()), verdict, registry);
    }
}
