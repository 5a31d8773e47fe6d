package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Turns numbers into little-endian bytes, a piece at a time.
 *
 * <p>
 * Thread: one owner.
 */
final class ElementSink {

    private static final int PIECE_BYTES = 1 << 20;
    private static final float LARGEST_HALF = 65_504f;

    private final WritableByteChannel out;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long writtenBytes;

    ElementSink(WritableByteChannel out) {
        this.out = out;
    }

    void floats(float... values) throws IOException {
        for (float value : values) {
            room(Float.BYTES).putFloat(value);
        }
    }

    /**
     * Rounded to nearest, ties to even.
     *
     * @param name of the weight, for the message
     * @throws ModelException if one is too large for a half float
     */
    void halves(String name, float... values) throws IOException {
        for (float value : values) {
            if (Math.abs(value) > LARGEST_HALF) {
                throw new ModelException("fp16: weight " + name + " has the value " + value + "; half floats end at "
                        + (int) LARGEST_HALF + ", so this model can only be written as fp32 or int8");
            }
            room(Short.BYTES).putShort(Float.floatToFloat16(value));
        }
    }

    void int32s(int... values) throws IOException {
        for (int value : values) {
            room(Integer.BYTES).putInt(value);
        }
    }

    void int64s(long... values) throws IOException {
        for (long value : values) {
            room(Long.BYTES).putLong(value);
        }
    }

    void bytes(byte... values) throws IOException {
        for (byte value : values) {
            room(Byte.BYTES).put(value);
        }
    }

    private ByteBuffer room(int sizeBytes) throws IOException {
        if (piece.remaining() < sizeBytes) {
            flush();
        }
        return piece;
    }

    void flush() throws IOException {
        piece.flip();
        writtenBytes += piece.remaining();
        while (piece.hasRemaining()) {
            out.write(piece);
        }
        piece.clear();
    }

    /** Flushed so far. */
    long writtenBytes() {
        return writtenBytes;
    }
}
