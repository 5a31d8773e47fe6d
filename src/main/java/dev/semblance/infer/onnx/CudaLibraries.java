package dev.semblance.infer.onnx;

import ai.onnxruntime.OrtEnvironment;
import dev.semblance.infer.EngineStartException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The native libraries that CUDA needs: found and loaded one by one, so that a missing one is named. Loaded first, they
 * satisfy ONNX Runtime's own by their names, without LD_LIBRARY_PATH. cuDNN and cuFFT are not needed.
 *
 * <p>
 * Looked for in the folder that the configuration names; else on the class path, where the Maven profile {@code cuda}
 * puts them; else with the system's loader.
 */
final class CudaLibraries {

    /** In the order of their dependencies. */
    private static final List<String> NAMES = List.of("libcudart.so.12", "libcublasLt.so.12", "libcublas.so.12",
            "libcurand.so.10");
    private static final String DRIVER = "libcuda.so.1";
    /** Where the jars of org.bytedeco:cuda keep NVIDIA's libraries. */
    private static final String RESOURCES = "/org/bytedeco/cuda/linux-x86_64/";
    private static final String NATIVE_PATH = "onnxruntime.native.path";
    private static final String NATIVE_RESOURCES = "/ai/onnxruntime/native/linux-x64/";
    private static final List<String> NATIVE_NAMES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so",
            "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");

    private CudaLibraries() {}

    /**
     * @param folder null for those of the class path or the system
     * @throws EngineStartException naming the missing one
     */
    static synchronized void load(String device, Path folder) {
        if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
            throw new EngineStartException(device + ": CUDA is supported on Linux x86-64 only; this is "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                    + "; set execution.provider=cpu", null);
        }
        bySystem(device, DRIVER, "install the NVIDIA driver, or start the container with access to the GPU"
                + " (docker run --gpus all), or set execution.provider=cpu");
        for (String name : NAMES) {
            if (folder != null) {
                fromFolder(device, folder.resolve(name));
            } else if (NativeCache.has(RESOURCES + name)) {
                fromFolder(device, unpacked(device, name));
            } else {
                bySystem(device, name, "install the CUDA 12 runtime (12.9 or later), point cuda.libraries to a folder"
                        + " that holds " + String.join(", ", NAMES) + ", or build with the Maven profile cuda");
            }
        }
    }

    private static Path unpacked(String device, String name) {
        Path folder = NativeCache.folder("cuda-12");
        try {
            return NativeCache.unpack(RESOURCES + name, folder);
        } catch (IOException e) {
            throw new EngineStartException(device + ": cannot unpack " + name + " to " + folder + ": " + e
                    + "; make room for 800 MB there, or point cuda.libraries to a folder that holds it", e);
        }
    }

    @SuppressWarnings("restricted")
    private static void bySystem(String device, String name, String remedy) {
        try {
            SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new EngineStartException(device + ": " + name + " is not found by the system's loader; " + remedy, e);
        }
    }

    @SuppressWarnings("restricted")
    private static void fromFolder(String device, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new EngineStartException(device + ": " + file + " is missing; cuda.libraries must hold "
                    + String.join(", ", NAMES), null);
        }
        try {
            System.load(file.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            throw new EngineStartException(device + ": " + file + " cannot be loaded: " + e.getMessage()
                    + "; put the libraries of one CUDA 12 release there", e);
        }
    }

    /**
     * ONNX Runtime would unpack its 580 MB of CUDA code at every start; this does it once, under the user's cache
     * folder. Nothing is done where the property {@value #NATIVE_PATH} is set.
     */
    static synchronized void unpackProvider(String device) {
        if (System.getProperty(NATIVE_PATH) != null) {
            return;
        }
        Path folder = null;
        try {
            folder = NativeCache.folder("onnxruntime-" + runtimeVersion());
            for (String name : NATIVE_NAMES) {
                if (!NativeCache.has(NATIVE_RESOURCES + name)) {
                    throw new EngineStartException(device + ": the class path has no " + NATIVE_RESOURCES + name
                            + "; put com.microsoft.onnxruntime:onnxruntime_gpu on it in place of onnxruntime, or set"
                            + " execution.provider=cpu", null);
                }
                NativeCache.unpack(NATIVE_RESOURCES + name, folder);
            }
        } catch (IOException e) {
            throw new EngineStartException(device + ": cannot unpack ONNX Runtime's libraries to " + folder + ": " + e
                    + "; make room for 650 MB there, or unpack them yourself and start with -D" + NATIVE_PATH
                    + "=FOLDER", e);
        }
        System.setProperty(NATIVE_PATH, folder.toString());
    }

    /** As the jar's manifest says, or, where it does not, what tells builds apart. */
    private static String runtimeVersion() throws IOException {
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        return version != null
                ? version
                : Long.toString(NativeCache.sizeBytes(NATIVE_RESOURCES + "libonnxruntime_providers_cuda.so"));
    }
}
