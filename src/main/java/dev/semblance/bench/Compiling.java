package dev.semblance.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much of the time since it was made the JIT compiler has worked. A stream thread's code takes a minute or more of
 * real load to be compiled, on a core that the engine would use: what is measured meanwhile is the compiler's doing, and
 * the next hour's users never see it again.
 *
 * <p>Thread: any.
 */
final class Compiling {

    /** Below it the compiler counts as done. */
    static final double QUIET = 0.05;

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private final long startNs = System.nanoTime();
    private final long startMs = totalMs();

    /** Milliseconds of compilation a millisecond of time; 0 where the JVM does not tell. */
    double share() {
        return (totalMs() - startMs) * 1e6 / Math.max(1, System.nanoTime() - startNs);
    }

    boolean isQuiet() {
        return share() < QUIET;
    }

    private static long totalMs() {
        return COMPILER != null && COMPILER.isCompilationTimeMonitoringSupported()
                ? COMPILER.getTotalCompilationTime()
                : 0;
    }
}
