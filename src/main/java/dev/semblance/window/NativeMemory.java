package dev.semblance.window;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A piece of memory off the heap, with an end of its own.
 *
 * <p>Thread: any, under the lock of {@link VectorIndex}; nobody may be reading when it is closed.
 */
record NativeMemory(Arena arena, MemorySegment segment) implements AutoCloseable {

    private static final int ALIGNMENT_BYTES = 64;

    /** @throws IllegalStateException where there is no memory left, with what to change */
    @SuppressWarnings("MustBeClosedChecker") // what is made here is closed by its owner, block by block
    static NativeMemory allocate(long sizeBytes) {
        Arena arena = Arena.ofShared();
        try {
            return new NativeMemory(arena, arena.allocate(sizeBytes, ALIGNMENT_BYTES));
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new IllegalStateException("the window could not get " + sizeBytes + " more bytes off the heap: "
                    + e.getMessage() + ". Lower window.max.bytes, or give the process more memory (off the heap: -Xmx "
                    + "does not bound it)", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
