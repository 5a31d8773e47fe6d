package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Little-endian numbers in memory → floats, row-major. Checked against the memory before, by whoever makes one. */
final class Elements {

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /** More dimensions than any weight has. */
    static final int MAX_DIMENSIONS = 8;

    /** More tensors than any model has in one file. */
    static final int MAX_TENSORS = 100_000;

    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private Elements() {}

    /**
     * How many elements a tensor has, or -1 if more than an array holds.
     *
     * @param shape not negative
     */
    static long count(long[] shape) {
        long count = 1;
        boolean empty = false;
        for (long length : shape) {
            empty |= length == 0;
            if (length > MAX_ELEMENTS || (count *= Math.max(1, length)) > MAX_ELEMENTS) {
                return -1;
            }
        }
        return empty ? 0 : count;
    }

    /**
     * @param strides in elements, one per dimension
     * @param offset  of the first element, in elements
     */
    static float[] read(String source, ElementType type, MemorySegment bytes, int[] shape, long[] strides,
            long offset) {
        float[] out = new float[Math.toIntExact(count(Arrays.stream(shape).asLongStream().toArray()))];
        try {
            if (out.length > 0) {
                read(type, bytes, shape, strides, offset, out);
            }
        } catch (InternalError e) {
            // What the JVM makes of a page of a mapping that the file no longer has.
            throw new ModelException(source + ": was cut short while it was read; fetch it again", e);
        }
        return out;
    }

    /** Strides of elements that lie one after another. */
    static long[] rowMajor(int[] shape) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= Math.max(1, shape[i]);
        }
        return strides;
    }

    private static void read(ElementType type, MemorySegment bytes, int[] shape, long[] strides, long offset,
            float[] out) {
        int run = 1;
        int outer = shape.length;
        while (outer > 0 && (shape[outer - 1] == 1 || strides[outer - 1] == run)) {
            run *= shape[--outer];
        }
        int[] index = new int[outer];
        for (int at = 0; at < out.length; at += run) {
            long from = offset;
            for (int d = 0; d < outer; d++) {
                from += index[d] * strides[d];
            }
            copy(type, bytes, from, out, at, run);
            for (int d = outer - 1; d >= 0 && ++index[d] == shape[d]; d--) {
                index[d] = 0;
            }
        }
    }

    private static void copy(ElementType type, MemorySegment bytes, long from, float[] out, int at, int count) {
        switch (type) {
            case F32 -> MemorySegment.copy(bytes, FLOAT, 4 * from, out, at, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[at + i] = Float.float16ToFloat(bytes.get(SHORT, 2 * (from + i)));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[at + i] = Float.intBitsToFloat(bytes.get(SHORT, 2 * (from + i)) << 16);
                }
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[at + i] = (float) bytes.get(DOUBLE, 8 * (from + i));
                }
            }
            case I64, I32, I16, I8, U8, BOOL -> throw new IllegalArgumentException(type + " is no float");
        }
    }
}
