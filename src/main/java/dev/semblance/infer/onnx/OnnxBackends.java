package dev.semblance.infer.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.semblance.batch.BatchLimits;
import dev.semblance.infer.Backend;
import dev.semblance.infer.DeviceUnavailableException;
import dev.semblance.infer.EngineStartException;
import dev.semblance.model.bundle.ModelVariant;
import java.nio.file.Path;

/** Opens a model on a device. */
public final class OnnxBackends {

    private static final String DEVICE_REMEDY = "; check device.ids against nvidia-smi, that the device has free memory"
            + " and is not set to exclusive use, and that the driver is for CUDA 12 or later, or set"
            + " execution.provider=cpu";

    private OnnxBackends() {}

    /**
     * One session whose runs take one thread each, that of the caller: as many lanes as cores use the machine best, and
     * the order of additions never depends on how many threads share a run.
     *
     * @throws EngineStartException if ONNX Runtime refuses the model
     */
    public static Backend cpu(ModelVariant variant, BatchLimits limits) {
        try {
            OrtEnvironment environment = environment();
            SessionOptions options = new SessionOptions();
            try {
                single(options);
                return new OnnxBackend("cpu", environment, options, variant, limits);
            } catch (OrtException | RuntimeException | Error e) {
                options.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new EngineStartException("cpu: ONNX Runtime refuses " + variant.onnx() + ": " + e.getMessage()
                    + "; export the model again for a runtime of version " + environment().getVersion(), e);
        }
    }

    /**
     * Loads what CUDA needs.
     *
     * @param cudaLibraries folder with the CUDA 12 libraries, or null for the system's
     * @throws EngineStartException naming the library or driver that is missing
     */
    public static void requireCuda(int deviceId, Path cudaLibraries) {
        CudaLibraries.load(nameOf(deviceId), cudaLibraries);
    }

    private static String nameOf(int deviceId) {
        return "cuda:" + deviceId;
    }

    /**
     * A session on one CUDA device, after {@link #requireCuda}. Only its refusals have been tested so far: it has never
     * run on a GPU.
     *
     * @param memoryMaxBytes device memory that ONNX Runtime's arena may take, 0 for as much as it needs
     * @throws EngineStartException naming the device or library that is missing
     */
    public static Backend cuda(ModelVariant variant, BatchLimits limits, int deviceId,
            long memoryMaxBytes) {
        String device = nameOf(deviceId);
        CudaLibraries.unpackProvider(device);
        try {
            OrtEnvironment environment = environment();
            SessionOptions options = new SessionOptions();
            try (OrtCUDAProviderOptions cuda = provider(device, deviceId, memoryMaxBytes, options)) {
                single(options);
                return new OnnxBackend(device, environment, options, variant, limits);
            } catch (OrtException | RuntimeException | Error e) {
                options.close();
                throw e;
            }
        } catch (OrtException e) {
            String message = e.getMessage().strip();
            // What the graph asks for is refused in other words.
            throw message.contains("CUDA failure") || message.contains("CUBLAS failure")
                    ? new DeviceUnavailableException(device + ": cannot be used: " + message + DEVICE_REMEDY, e)
                    : new EngineStartException(device + ": ONNX Runtime refuses " + variant.onnx() + ": " + message, e);
        }
    }

    /** Loads the CUDA code of ONNX Runtime, which links to the libraries, and adds it to a session's options. */
    private static OrtCUDAProviderOptions provider(String device, int deviceId, long memoryMaxBytes,
            SessionOptions options) {
        OrtCUDAProviderOptions cuda = null;
        try {
            cuda = new OrtCUDAProviderOptions(deviceId);
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            cuda.add("enable_cudnn", "0");
            if (memoryMaxBytes > 0) {
                cuda.add("gpu_mem_limit", Long.toString(memoryMaxBytes));
            }
            // TF32 would round fp32 weights to 10 bits.
            cuda.add("use_tf32", "0");
            options.addCUDA(cuda);
            return cuda;
        } catch (OrtException e) {
            if (cuda != null) {
                cuda.close();
            }
            throw new DeviceUnavailableException(device + ": ONNX Runtime's CUDA code cannot be loaded: "
                    + e.getMessage().strip() + "; it needs " + CudaLibraries.ALL_NAMES + ", the first of CUDA 12.9 or a"
                    + " later 12, and a driver for CUDA 12: check cuda.libraries, or set execution.provider=cpu", e);
        }
    }

    static void single(SessionOptions options) throws OrtException {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        if (ByteProducts.saturate()) {
            options.addConfigEntry(ByteProducts.EXACT, "1");
        }
    }

    static OrtEnvironment environment() {
        Telemetry.turnOff();
        OrtEnvironment environment = load();
        try {
            // Where telemetry is the platform's (Windows), this is the switch.
            environment.setTelemetry(false);
        } catch (OrtException e) {
            throw new EngineStartException("ONNX Runtime's telemetry cannot be turned off: " + e.getMessage(), e);
        }
        return environment;
    }

    /** The first call loads the native library, in the initialiser of a class. */
    private static OrtEnvironment load() {
        try {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "semblance");
        } catch (LinkageError e) {
            Throwable deepest = e;
            while (deepest.getCause() != null) {
                deepest = deepest.getCause();
            }
            String folder = System.getProperty(CudaLibraries.NATIVE_PATH);
            throw new DeviceUnavailableException("ONNX Runtime's native library cannot be loaded: "
                    + deepest.getMessage()
                    + (folder == null
                            ? "; it comes for Linux and Windows on x86-64, and needs a writable temporary folder,"
                                    + " which is " + System.getProperty("java.io.tmpdir")
                            : "; it was looked for in " + CudaLibraries.NATIVE_PATH + "=" + folder
                                    + ": name a folder that holds it, or delete that one to have it unpacked again"),
                    e);
        }
    }
}
