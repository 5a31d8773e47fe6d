package dev.semblance.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Walks the fields of one message of protobuf's wire format, without a schema and without a copy.
 *
 * <p>
 * Thread: immutable.
 *
 * @param bytes the message, from position to limit; neither is moved
 */
// Wire format: protobuf.dev/programming-guides/encoding.
public record ProtobufMessage(ByteBuffer bytes) {

    /** Told each field in the order of the bytes; 32-bit and 64-bit fields are passed over. */
    public interface FieldVisitor {
        void visit(int field, Value value);
    }

    /**
     * A varint or a span of bytes.
     *
     * @param span null for a varint
     */
    public record Value(long number, ByteBuffer span) {

        public ProtobufMessage message() {
            return new ProtobufMessage(bytes());
        }

        public String text() {
            return StandardCharsets.UTF_8.decode(bytes()).toString();
        }

        /** Of the span; 0 for a varint. */
        public int sizeBytes() {
            return span == null ? 0 : span.remaining();
        }

        /** One integer, or packed ones. */
        public void integers(List<Long> into) {
            if (span == null) {
                into.add(number);
                return;
            }
            ByteBuffer packed = span.duplicate();
            while (packed.hasRemaining()) {
                into.add(varint(packed));
            }
        }

        /** A view of its own. */
        public ByteBuffer bytes() {
            if (span == null) {
                throw new IllegalArgumentException("it has a number where a message is expected");
            }
            return span.duplicate();
        }
    }

    /** @throws IllegalArgumentException if the bytes are cut off or no message; saying so of "it" */
    public void forEach(FieldVisitor visitor) {
        ByteBuffer in = bytes.duplicate();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> visitor.visit(field, new Value(varint(in), null));
                case 1 -> skip(in, 8);
                case 2 -> visitor.visit(field, new Value(0, skip(in, varint(in))));
                case 5 -> skip(in, 4);
                default -> throw new IllegalArgumentException("it is no protobuf message");
            }
        }
    }

    /** The last sub-message of that field, or null. */
    public ProtobufMessage child(int wanted) {
        ProtobufMessage[] found = new ProtobufMessage[1];
        forEach((field, value) -> {
            if (field == wanted) {
                found[0] = value.message();
            }
        });
        return found[0];
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("it is cut off or no protobuf message");
    }

    private static ByteBuffer skip(ByteBuffer in, long count) {
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("it is cut off or no protobuf message");
        }
        ByteBuffer span = in.slice(in.position(), (int) count);
        in.position(in.position() + (int) count);
        return span;
    }
}
