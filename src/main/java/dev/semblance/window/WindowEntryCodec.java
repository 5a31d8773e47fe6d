package dev.semblance.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.vector.FixedPoint;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * A {@link WindowEntry} as bytes, for the changelog. Little-endian, version 2:
 *
 * <pre>
 * u8 version · i64 event time · i64 last seen · i64 i64 text hash · i64 figures hash · str id
 * · str model id · str revision · i32 dimension · str pooling · u8 normalised · i32 max tokens · str precision
 * · str text · u8 exponent · i16 [dimension] vector            str = i32 bytes (−1: null), UTF-8
 * </pre>
 *
 * The vector is written as the window holds it ({@code vector.FixedPoint}), so that a restored entry has the same bits.
 * Version 1, which is read, too, ends in {@code f32 [dimension]}.
 *
 * <p>Thread: stateless.
 */
final class WindowEntryCodec {

    private static final byte VERSION = 2;
    private static final byte FLOATS_VERSION = 1;
    private static final int FIXED_BYTES = 1 + 5 * 8 + 6 * 4 + 2 * 4 + 1 + 1;

    private WindowEntryCodec() {}

    static Serde<WindowEntry> serde() {
        Serializer<WindowEntry> serializer = (topic, entry) -> entry == null ? null : encode(entry);
        Deserializer<WindowEntry> deserializer = (topic, bytes) -> bytes == null ? null : decode(bytes);
        return Serdes.serdeFrom(serializer, deserializer);
    }

    static byte[] encode(WindowEntry e) {
        ModelIdentity m = e.model();
        byte[][] strings = {bytes(e.id()), bytes(m.id()), bytes(m.revision()), bytes(m.pooling()),
                bytes(m.precision()), bytes(e.text())};
        int length = FIXED_BYTES + 2 * e.vector().length;
        for (byte[] s : strings) {
            length += s == null ? 0 : s.length;
        }
        ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        b.put(VERSION).putLong(e.eventTimeMs()).putLong(e.lastSeenMs()).putLong(e.textHash().high())
                .putLong(e.textHash().low()).putLong(e.figuresHash());
        put(b, strings[0]);
        put(b, strings[1]);
        put(b, strings[2]);
        b.putInt(m.dimension());
        put(b, strings[3]);
        b.put((byte) (m.normalised() ? 1 : 0)).putInt(m.maxTokens());
        put(b, strings[4]);
        put(b, strings[5]);
        short[] numbers = new short[e.vector().length];
        b.put(FixedPoint.encode(e.vector(), numbers, 0));
        b.asShortBuffer().put(numbers);
        return b.array();
    }

    /** @throws SerializationException where the bytes are no entry of a version known here */
    static WindowEntry decode(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte version = bytes.length == 0 ? 0 : b.get();
        if (version != VERSION && version != FLOATS_VERSION) {
            throw new SerializationException("a window entry of " + bytes.length + " bytes has format version "
                    + version
                    + "; this program reads versions 1 and " + VERSION
                    + ". It was written by another version: reset the "
                    + "detect application's changelog, or run the version that wrote it");
        }
        try {
            return decode(b, version);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new SerializationException("a window entry of " + bytes.length + " bytes is cut off or corrupt", e);
        }
    }

    private static WindowEntry decode(ByteBuffer b, byte version) {
        long eventTimeMs = b.getLong();
        long lastSeenMs = b.getLong();
        TextHash hash = new TextHash(b.getLong(), b.getLong());
        long figures = b.getLong();
        String id = string(b);
        ModelIdentity model = new ModelIdentity(string(b), string(b), b.getInt(), string(b), b.get() != 0, b.getInt(),
                string(b));
        String text = string(b);
        float[] vector = version == VERSION ? numbers(b, model.dimension()) : floats(b, model.dimension());
        return new WindowEntry(id, eventTimeMs, lastSeenMs, model, vector, hash, figures, text);
    }

    private static float[] floats(ByteBuffer b, int dimension) {
        requireRemaining(b, 4L * dimension, dimension);
        float[] vector = new float[dimension];
        b.asFloatBuffer().get(vector);
        return vector;
    }

    private static float[] numbers(ByteBuffer b, int dimension) {
        requireRemaining(b, 1 + 2L * dimension, dimension);
        byte exponent = b.get();
        short[] numbers = new short[dimension];
        b.asShortBuffer().get(numbers);
        float[] vector = new float[dimension];
        FixedPoint.decode(numbers, 0, exponent, dimension, vector, 0);
        return vector;
    }

    private static void requireRemaining(ByteBuffer b, long expected, int dimension) {
        if (b.remaining() != expected) {
            throw new IllegalArgumentException(
                    b.remaining() + " bytes left for a vector of " + dimension + " components");
        }
    }

    private static byte[] bytes(String s) {
        return s == null ? null : s.getBytes(UTF_8);
    }

    private static void put(ByteBuffer b, byte[] s) {
        b.putInt(s == null ? -1 : s.length);
        if (s != null) {
            b.put(s);
        }
    }

    private static String string(ByteBuffer b) {
        int length = b.getInt();
        if (length < -1 || length > b.remaining()) {
            throw new IllegalArgumentException("a string of " + length + " bytes, with " + b.remaining() + " left");
        }
        if (length == -1) {
            return null;
        }
        String s = new String(b.array(), b.arrayOffset() + b.position(), length, UTF_8);
        b.position(b.position() + length);
        return s;
    }
}
