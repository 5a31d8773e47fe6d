package dev.semblance.infer.onnx;

import dev.semblance.infer.EngineStartException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keeps ONNX Runtime off the network. From 1.29 on, its builds for Linux report to Microsoft unless the environment
 * variable {@value #VARIABLE} is set when the library starts; the same code brings the process down where the command
 * line is longer than about 3,300 bytes, as that of a Java program with its class path is.
 */
// https://github.com/microsoft/onnxruntime/pull/27379 (POSIX telemetry), 2026; issue 32173 (crash at start), 2026.
final class Telemetry {

    static final String VARIABLE = "ORT_DISABLE_TELEMETRY";

    private static boolean off;

    private Telemetry() {}

    /** Sets the variable in this process, since Java cannot; to be called before the library's first class is touched. */
    static synchronized void turnOff() {
        if (off) {
            return;
        }
        // The builds for Windows have no such reporter, and no setenv.
        if (!System.getProperty("os.name").startsWith("Windows")) {
            setenv();
        }
        off = true;
    }

    @SuppressWarnings("restricted")
    private static void setenv() {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment setenv = linker.defaultLookup().findOrThrow("setenv");
            int result = (int) linker
                    .downcallHandle(setenv,
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom(VARIABLE), arena.allocateFrom("1"), 1);
            if (result != 0) {
                throw new IllegalStateException("setenv returned " + result);
            }
        } catch (Throwable e) {
            throw new EngineStartException("ONNX Runtime's telemetry cannot be turned off: " + e
                    + "; start java with --enable-native-access=ALL-UNNAMED", e);
        }
    }
}
