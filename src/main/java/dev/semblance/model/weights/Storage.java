package dev.semblance.model.weights;

import java.lang.foreign.MemorySegment;

/**
 * PyTorch's array of numbers, of which tensors show parts. A pickle only names it; its bytes are found later.
 *
 * <p>
 * Thread: one owner until {@link #place}, any after.
 */
final class Storage {

    private final String key;
    private final ElementType type;
    private final long elements;
    private MemorySegment bytes;

    Storage(String key, ElementType type, long elements) {
        this.key = key;
        this.type = type;
        this.elements = elements;
    }

    String key() {
        return key;
    }

    ElementType type() {
        return type;
    }

    long elements() {
        return elements;
    }

    /** -1 if it is more than a file can have. */
    long sizeBytes() {
        return elements > Long.MAX_VALUE / type.sizeBytes() ? -1 : elements * type.sizeBytes();
    }

    /** @param found of its size */
    void place(MemorySegment found) {
        bytes = found;
    }

    MemorySegment bytes() {
        return bytes;
    }
}
