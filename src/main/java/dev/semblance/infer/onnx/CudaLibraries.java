package dev.semblance.infer.onnx;

import ai.onnxruntime.OrtEnvironment;
import dev.semblance.infer.DeviceUnavailableException;
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

    private static final String RUNTIME = "libcudart.so.12";
    /** Of those that ONNX Runtime calls, the one that came last. */
    private static final String LATEST_FUNCTION = "cudaLibraryGetKernel";
    /** In the order of their dependencies. */
    private static final List<String> NAMES = List.of(RUNTIME, "libcublasLt.so.12", "libcublas.so.12",
            "libcurand.so.10");
    static final String ALL_NAMES = String.join(", ", NAMES);
    private static final String DRIVER = "libcuda.so.1";
    /** Where the jars of org.bytedeco:cuda keep NVIDIA's libraries. */
    private static final String RESOURCES = "/org/bytedeco/cuda/linux-x86_64/";
    /** ONNX Runtime's own property. */
    static final String NATIVE_PATH = "onnxruntime.native.path";
    private static final String NATIVE_RESOURCES = "/ai/onnxruntime/native/linux-x64/";
    private static final List<String> NATIVE_NAMES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so",
            "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");

    private CudaLibraries() {}

    /**
     * @param folder null for those of the class path or the system
     * @throws DeviceUnavailableException naming the missing one
     */
    static synchronized void load(String device, Path folder) {
        if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
            throw new DeviceUnavailableException(device + ": CUDA is supported on Linux x86-64 only; this is "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                    + "; set execution.provider=cpu", null);
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw new DeviceUnavailableException(device + ": cuda.libraries=" + folder + ": there is no such folder; it"
                    + " must hold " + ALL_NAMES + ", or leave it empty for those of the system", null);
        }
        bySystem(device, DRIVER, "install the NVIDIA driver, or start the container with access to the GPU"
                + " (docker run --gpus all), or set execution.provider=cpu");
        for (String name : NAMES) {
            SymbolLookup library;
            if (folder != null) {
                library = fromFolder(device, folder.resolve(name));
            } else if (NativeCache.has(RESOURCES + name)) {
                library = fromFolder(device, unpacked(device, name));
            } else {
                library = bySystem(device, name, "install the CUDA 12 runtime (12.9 or later), point cuda.libraries to"
                        + " a folder that holds " + ALL_NAMES + ", or build with the Maven profile cuda");
            }
            if (name.equals(RUNTIME) && library.find(LATEST_FUNCTION).isEmpty()) {
                throw new DeviceUnavailableException(device + ": " + (folder == null ? name : folder.resolve(name))
                        + " is too old: it lacks " + LATEST_FUNCTION
                        + ", which ONNX Runtime calls; take the one of CUDA"
                        + " 12.9 or a later 12 (the other libraries may be older), by cuda.libraries or the Maven profile"
                        + " cuda", null);
            }
        }
    }

    private static Path unpacked(String device, String name) {
        Path folder = NativeCache.folder("cuda-12");
        try {
            return NativeCache.unpack(RESOURCES + name, folder);
        } catch (IOException e) {
            throw new DeviceUnavailableException(device + ": cannot unpack " + name + " to " + folder + ": " + e
                    + "; make room for 800 MB there, or point cuda.libraries to a folder that holds it", e);
        }
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup bySystem(String device, String name, String remedy) {
        try {
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new DeviceUnavailableException(
                    device + ": " + name + " cannot be opened by the system's loader (ldconfig,"
                            + " LD_LIBRARY_PATH); " + remedy,
                    e);
        }
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup fromFolder(String device, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DeviceUnavailableException(device + ": " + file + " is missing; cuda.libraries must hold "
                    + ALL_NAMES, null);
        }
        try {
            System.load(file.toAbsolutePath().toString());
            return SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global());
        } catch (UnsatisfiedLinkError e) {
            throw new DeviceUnavailableException(device + ": " + file + " cannot be loaded: " + e.getMessage()
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
                    throw new DeviceUnavailableException(device + ": the class path has no " + NATIVE_RESOURCES + name
                            + "; put com.microsoft.onnxruntime:onnxruntime_gpu on it in place of onnxruntime, or set"
                            + " execution.provider=cpu", null);
                }
                NativeCache.unpack(NATIVE_RESOURCES + name, folder);
            }
        } catch (IOException e) {
            throw new DeviceUnavailableException(
                    device + ": cannot unpack ONNX Runtime's libraries to " + folder + ": " + e
                            + "; make room for 650 MB there, or unpack them yourself and start with -D" + NATIVE_PATH
                            + "=FOLDER",
                    e);
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
