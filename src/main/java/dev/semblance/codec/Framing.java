package dev.semblance.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a value says which schema wrote it, told from its first bytes. The marker of single-object encoding is not valid
 * UTF-8, so no text is ever taken for it; a plain text of five or more bytes that begins with NUL looks like CONFLUENT.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Apache Avro Specification,
 *      Single-object encoding</a>
 */
public enum Framing {
    /** 0xC3 0x01, then the schema's CRC-64-AVRO fingerprint as 8 bytes little-endian, then the Avro body. */
    SINGLE_OBJECT,
    /** 0x00, then the id of a schema in a registry as 4 bytes big-endian, then the Avro body. */
    CONFLUENT,
    /** Neither. */
    OTHER;

    /** Bytes before the body of a single-object value. */
    static final int SINGLE_OBJECT_HEADER_BYTES = 10;
    private static final int CONFLUENT_HEADER_BYTES = 5;
    private static final byte MARKER_0 = (byte) 0xC3;
    private static final byte MARKER_1 = 0x01;

    /** A value cut off within the fingerprint still counts as SINGLE_OBJECT. */
    public static Framing of(byte[] value) {
        if (value.length >= 2 && value[0] == MARKER_0 && value[1] == MARKER_1) {
            return SINGLE_OBJECT;
        }
        return value.length >= CONFLUENT_HEADER_BYTES && value[0] == 0 ? CONFLUENT : OTHER;
    }

    /** Of a SINGLE_OBJECT value whose header is whole. */
    static long fingerprint(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    }

    /** Of a CONFLUENT value. */
    static int schemaId(byte[] value) {
        return ByteBuffer.wrap(value).getInt(1);
    }

    static byte[] singleObjectHeader(long fingerprint) {
        return ByteBuffer.allocate(SINGLE_OBJECT_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(MARKER_0)
                .put(MARKER_1).putLong(fingerprint).array();
    }
}
