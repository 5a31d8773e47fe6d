package dev.semblance.record;

import java.nio.ByteBuffer;

/** 128-bit hash of a normalised text: equal hashes mean an EXACT match. */
public record TextHash(long high, long low) {

    public static final int BYTES = 16;

    /** @param bytes at least 16 bytes, big-endian; the rest is ignored */
    public static TextHash of(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes);
        return new TextHash(b.getLong(), b.getLong());
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }
}
