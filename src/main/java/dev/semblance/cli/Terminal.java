package dev.semblance.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Whether people are looking. {@link System#console} cannot tell: it answers for stdin and stdout together. */
final class Terminal {

    private static final int STDERR = 2;

    private Terminal() {}

    /** True where stderr is a terminal; false where it is not, or where the platform has no {@code isatty}. */
    @SuppressWarnings("restricted")
    static boolean showsStderr() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> isatty = linker.defaultLookup().find("isatty");
        if (isatty.isEmpty()) {
            return false;
        }
        try {
            return (int) linker.downcallHandle(isatty.get(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invokeExact(STDERR) == 1;
        } catch (Throwable e) {
            throw new IllegalStateException("isatty cannot be called", e);
        }
    }
}
