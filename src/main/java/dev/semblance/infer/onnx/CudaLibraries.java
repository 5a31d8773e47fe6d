package dev.semblance.infer.onnx;

import ai.onnxruntime.OrtEnvironment;
import dev.semblance.infer.EngineStartException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The native libraries that CUDA needs: found and loaded one by one, so that a missing one is named. Loaded first, they
 * satisfy ONNX Runtime's own by their names, without LD_LIBRARY_PATH. cuDNN and cuFFT are not needed.
 */
final class CudaLibraries {

    /** In the order of their dependencies. */
    private static final List<String> NAMES = List.of("libcudart.so.12", "libcublasLt.so.12", "libcublas.so.12",
            "libcurand.so.10");
    private static final String DRIVER = "libcuda.so.1";
    private static final String NATIVE_PATH = "onnxruntime.native.path";
    private static final String NATIVE_RESOURCES = "/ai/onnxruntime/native/linux-x64/";
    private static final List<String> NATIVE_NAMES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so",
            "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");

    private CudaLibraries() {}

    /**
     * @param folder null for the system's libraries
     * @throws EngineStartException naming the missing one
     */
    static void load(String device, Path folder) {
        if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
            throw new EngineStartException(device + ": CUDA is supported on Linux x86-64 only; this is "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                    + "; set execution.provider=cpu", null);
        }
        bySystem(device, DRIVER, "install the NVIDIA driver, or start the container with access to the GPU"
                + " (docker run --gpus all), or set execution.provider=cpu");
        for (String name : NAMES) {
            if (folder == null) {
                bySystem(device, name, "install the CUDA 12 runtime (12.9 or later) or point cuda.libraries to a folder"
                        + " that holds " + String.join(", ", NAMES));
            } else {
                fromFolder(device, folder.resolve(name));
            }
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
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        Path folder = Path.of(System.getProperty("user.home"), ".cache", "semblance",
                "onnxruntime-" + (version == null ? resourceId() : version));
        try {
            Files.createDirectories(folder);
            for (String name : NATIVE_NAMES) {
                unpack(name, folder.resolve(name));
            }
        } catch (IOException e) {
            throw new EngineStartException(device + ": cannot unpack ONNX Runtime's libraries to " + folder + ": " + e
                    + "; make room for 650 MB there, or unpack them yourself and start with -D" + NATIVE_PATH
                    + "=FOLDER", e);
        }
        System.setProperty(NATIVE_PATH, folder.toString());
    }

    /** Tells builds apart where the jar does not name its version. */
    private static String resourceId() {
        try {
            return Long.toString(open("libonnxruntime_providers_cuda.so").getContentLengthLong());
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static URLConnection open(String name) throws IOException {
        URL url = CudaLibraries.class.getResource(NATIVE_RESOURCES + name);
        if (url == null) {
            throw new IOException(NATIVE_RESOURCES + name + " is not on the class path");
        }
        return url.openConnection();
    }

    private static void unpack(String name, Path file) throws IOException {
        URLConnection packed = open(name);
        if (Files.exists(file) && Files.size(file) == packed.getContentLengthLong()) {
            return;
        }
        // Written aside and moved, so that a process that starts at the same time never sees half of it.
        Path part = Files.createTempFile(file.getParent(), name, ".part");
        try (InputStream in = packed.getInputStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
