package dev.semblance.detect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Writes the internal formats between sequence and shards, and of the open events: varints (7 bits a byte, the lowest
 * first), floats as 4 bytes big-endian, strings and arrays after their length + 1 (0: null). Thread: its owner's.
 */
final class WireWriter {

    private byte[] bytes = new byte[256];
    private int size;

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }

    WireWriter put(byte value) {
        reserve(1);
        bytes[size++] = value;
        return this;
    }

    WireWriter put(boolean value) {
        return put((byte) (value ? 1 : 0));
    }

    /** Unsigned: small numbers are short, negative ones take 10 bytes. */
    WireWriter put(long value) {
        reserve(10);
        long left = value;
        while ((left & ~0x7fL) != 0) {
            bytes[size++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
        return this;
    }

    /** Numbers near zero of either sign are short. */
    WireWriter putSigned(long value) {
        return put(value << 1 ^ value >> 63);
    }

    WireWriter put(float value) {
        reserve(4);
        int bits = Float.floatToRawIntBits(value);
        bytes[size++] = (byte) (bits >> 24);
        bytes[size++] = (byte) (bits >> 16);
        bytes[size++] = (byte) (bits >> 8);
        bytes[size++] = (byte) bits;
        return this;
    }

    WireWriter put(byte[] value) {
        if (value == null) {
            return put(0L);
        }
        put(value.length + 1L);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    WireWriter put(String value) {
        return put(value == null ? null : value.getBytes(UTF_8));
    }

    /** As it is, without its length. */
    WireWriter append(WireWriter other) {
        reserve(other.size);
        System.arraycopy(other.bytes, 0, bytes, size, other.size);
        size += other.size;
        return this;
    }

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
