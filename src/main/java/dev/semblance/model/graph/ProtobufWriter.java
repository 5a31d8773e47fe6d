package dev.semblance.model.graph;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One message in protobuf's wire format, field by field in the order of the calls.
 *
 * <p>
 * Thread: one owner.
 */
// Wire format: protobuf.dev/programming-guides/encoding.
final class ProtobufWriter {

    private static final int VARINT = 0;
    private static final int SPAN = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtobufWriter integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    ProtobufWriter float32(int field, float value) {
        tag(field, FIXED_32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(bits >>> shift);
        }
        return this;
    }

    ProtobufWriter text(int field, String value) {
        return span(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufWriter message(int field, ProtobufWriter message) {
        return span(field, message.bytes());
    }

    private ProtobufWriter span(int field, byte[] bytes) {
        spanHeader(field, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    /** Tag and length of a span whose bytes the caller writes after this message's. */
    ProtobufWriter spanHeader(int field, long sizeBytes) {
        tag(field, SPAN);
        varint(sizeBytes);
        return this;
    }

    private void tag(int field, int wireType) {
        varint(((long) field << 3) | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    int sizeBytes() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
