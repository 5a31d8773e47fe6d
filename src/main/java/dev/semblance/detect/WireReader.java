package dev.semblance.detect;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads what {@link WireWriter} wrote. Every method throws {@link IllegalStateException} where the bytes are cut off or
 * cannot be: they come from internal topics and stores, where only this program writes.
 *
 * <p>Thread: its owner's.
 */
final class WireReader {

    private final String what;
    private final byte[] bytes;
    private int at;

    /**
     * Reads the version, which is the first byte.
     *
     * @param what it is, for messages
     */
    WireReader(String what, byte[] bytes, byte version) {
        this.what = what;
        this.bytes = bytes;
        byte found = bytes.length == 0 ? 0 : bytes[0];
        if (found != version) {
            throw new IllegalStateException(what + " of " + bytes.length + " bytes has format version " + found
                    + ", this program reads version " + version
                    + ": it was written by another version of the program, or by something else");
        }
        at = 1;
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    byte getByte() {
        if (at >= bytes.length) {
            throw corrupt("cut off");
        }
        return bytes[at++];
    }

    boolean getBoolean() {
        byte b = getByte();
        if (b != 0 && b != 1) {
            throw corrupt("a flag of " + b);
        }
        return b == 1;
    }

    long getLong() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = getByte();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw corrupt("a number of more than 10 bytes");
    }

    long getSigned() {
        long value = getLong();
        return value >>> 1 ^ -(value & 1);
    }

    /** @param max that it may be */
    int getInt(int max) {
        long value = getLong();
        if (value < 0 || value > max) {
            throw corrupt("a number of " + value + " where " + max + " is the most");
        }
        return (int) value;
    }

    /** How many things follow, of at least one byte each. */
    int getCount() {
        return getInt(bytes.length - at);
    }

    float getFloat() {
        return Float.intBitsToFloat(
                (getByte() & 0xff) << 24 | (getByte() & 0xff) << 16 | (getByte() & 0xff) << 8 | getByte() & 0xff);
    }

    /** Null where null was written. */
    byte[] getBytes() {
        int length = length();
        if (length < 0) {
            return null;
        }
        byte[] value = new byte[length];
        System.arraycopy(bytes, at, value, 0, length);
        at += length;
        return value;
    }

    /** Null where null was written. */
    String getString() {
        int length = length();
        if (length < 0) {
            return null;
        }
        String value = new String(bytes, at, length, UTF_8);
        at += length;
        return value;
    }

    String getText(String field) {
        String value = getString();
        if (value == null) {
            throw corrupt("no " + field);
        }
        return value;
    }

    private int length() {
        int length = getInt(bytes.length) - 1;
        if (length > bytes.length - at) {
            throw corrupt("something of " + length + " bytes, with " + (bytes.length - at) + " left");
        }
        return length;
    }

    IllegalStateException corrupt(String why) {
        return new IllegalStateException(
                what + " of " + bytes.length + " bytes is corrupt at byte " + at + ": " + why);
    }

    void end() {
        if (hasMore()) {
            throw corrupt(bytes.length - at + " bytes left over");
        }
    }
}
