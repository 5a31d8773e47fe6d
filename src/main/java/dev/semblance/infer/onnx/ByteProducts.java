package dev.semblance.infer.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * Whether this processor multiplies unsigned by signed bytes exactly. Those with VNNI do; others on x86-64 add pairs of
 * products in 16 bits, where large ones are cut off. ONNX Runtime then has to be told to take unsigned weights, which
 * are added up exactly, and on processors with VNNI take 1.7 times as long: so it is told only where it must.
 */
// onnxruntime_session_options_config_keys.h, kOrtSessionOptionsAvx2PrecisionMode.
final class ByteProducts {

    /** The setting of a session. */
    static final String EXACT = "session.x64quantprecision";

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Set<String> VNNI = Set.of("avx512_vnni", "avx_vnni");

    private ByteProducts() {}

    /** Of this machine; true where it cannot be known, for the setting costs time at most. */
    static boolean saturate() {
        try {
            return saturate(Files.readString(PROCESSORS));
        } catch (IOException e) {
            return true;
        }
    }

    /** @param processors as Linux describes them in /proc/cpuinfo; all must have VNNI */
    static boolean saturate(String processors) {
        return !processors.lines().anyMatch(ByteProducts::listsFlags)
                || processors.lines().filter(ByteProducts::listsFlags)
                        .anyMatch(line -> Arrays.stream(line.split("\\s+")).noneMatch(VNNI::contains));
    }

    private static boolean listsFlags(String line) {
        return line.startsWith("flags");
    }
}
