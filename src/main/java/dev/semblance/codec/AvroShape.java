package dev.semblance.codec;

import dev.semblance.record.Rejection.Reason;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.avro.Schema;

/**
 * Walks an Avro body along its schema before anything is allocated for it: every length is held against the bytes that
 * are left, every index against its enum or union, every string against UTF-8, and the end against the end of the
 * value. Avro's own decoder trusts declared lengths up to its global limits, replaces broken UTF-8 silently and does
 * not name the field.
 *
 * <p>Thread: one value on one thread.
 */
final class AvroShape {

    private final byte[] value;
    private final Deque<String> path = new ArrayDeque<>();
    private int at;

    private AvroShape(byte[] value, int from) {
        this.value = value;
        this.at = from;
    }

    /**
     * @param writer not recursive
     * @param from   first byte of the body
     * @throws CodecException where the bytes from there to the end are not exactly one datum of {@code writer}
     */
    static void check(Schema writer, byte[] value, int from) {
        AvroShape shape = new AvroShape(value, from);
        shape.walk(writer);
        if (shape.at != value.length) {
            throw CodecException.malformed((value.length - shape.at) + " bytes are left over after the end of the "
                    + writer.getName() + " at byte " + shape.at + " of " + value.length);
        }
    }

    private void walk(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> schema.getFields().forEach(f -> within(f.name(), f.schema()));
            case UNION -> walk(schema.getTypes().get(index("union branch", schema.getTypes().size())));
            case ENUM -> index("enum symbol", schema.getEnumSymbols().size());
            case ARRAY -> blocks(() -> within("[]", schema.getElementType()));
            case MAP -> blocks(() -> {
                string();
                within("{}", schema.getValueType());
            });
            case STRING -> string();
            case BYTES -> skip(length());
            case FIXED -> skip(schema.getFixedSize());
            case BOOLEAN -> bool();
            case INT -> integer();
            case LONG -> varint();
            case FLOAT -> skip(Float.BYTES);
            case DOUBLE -> skip(Double.BYTES);
            case NULL -> {
                // No bytes.
            }
        }
    }

    private void within(String name, Schema schema) {
        path.addLast(name);
        walk(schema);
        path.removeLast();
    }

    /** Blocks of an array or map: each item takes at least one byte, which bounds their number. */
    private void blocks(Runnable item) {
        for (long count = varint(); count != 0; count = varint()) {
            if (count < 0) {
                count = -count;
                long sizeBytes = varint();
                if (sizeBytes < 0 || sizeBytes > left()) {
                    throw broken("declares a block of " + sizeBytes + " bytes");
                }
            }
            if (count < 0 || count > left()) {
                throw broken("declares a block of " + Long.toUnsignedString(count) + " items");
            }
            for (long i = 0; i < count; i++) {
                item.run();
            }
        }
    }

    private void string() {
        int length = length();
        int invalid = Utf8.invalidOffset(value, at, at + length);
        if (invalid >= 0) {
            throw CodecException.of(Reason.INVALID_UTF8, field() + " is not valid UTF-8: byte 0x"
                    + "%02x".formatted(value[invalid]) + " at offset " + (invalid - at) + " of " + length);
        }
        at += length;
    }

    private int length() {
        long length = varint();
        if (length < 0 || length > left()) {
            throw broken("declares a length of " + length + " bytes");
        }
        return (int) length;
    }

    private int index(String what, int count) {
        long index = varint();
        if (index < 0 || index >= count) {
            throw broken("names " + what + " " + index + " of " + count);
        }
        return (int) index;
    }

    private void bool() {
        skip(1);
        if ((value[at - 1] & 0xFE) != 0) {
            throw broken("holds " + value[at - 1] + ", expected 0 or 1");
        }
    }

    private void integer() {
        long number = varint();
        if (number != (int) number) {
            throw broken("holds " + number + ", which is no 32-bit number");
        }
    }

    /** Zigzag varint of at most 64 bits. */
    private long varint() {
        long bits = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            skip(1);
            byte b = value[at - 1];
            bits |= (b & 0x7FL) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    break;
                }
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw broken("holds a number of more than 64 bits");
    }

    private void skip(int count) {
        if (count > left()) {
            throw broken("needs " + count + " more bytes");
        }
        at += count;
    }

    private int left() {
        return value.length - at;
    }

    private CodecException broken(String what) {
        return CodecException
                .malformed(field() + " " + what + " at byte " + at + ", with " + left() + " bytes left in the value");
    }

    private String field() {
        return "field " + String.join(".", path);
    }
}
