package dev.semblance.codec;

import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.VectorEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * Vectors as bytes, little-endian: component = stored number × scale. I8 is symmetric, scale = largest absolute
 * component / 127, so that zero stays zero; F16 rounds to the nearest even.
 *
 * <p>Nothing is renormalised: a unit vector read back from F16 or I8 is off unit length by the rounding.
 */
public final class VectorBytes {

    private static final float I8_LIMIT = 127f;

    private VectorBytes() {}

    /**
     * @param bytes [dimension × size of a component]
     * @param scale multiply every stored number by this; 1 but for I8
     */
    public record Encoded(byte[] bytes, float scale) {}

    /** Bytes that a component takes. */
    public static int componentBytes(VectorEncoding encoding) {
        return switch (encoding) {
            case F32 -> Float.BYTES;
            case F16 -> Short.BYTES;
            case I8 -> Byte.BYTES;
        };
    }

    /**
     * @param vector [dimension], any norm; not kept
     * @throws CodecException INVALID_VECTOR where a component is NaN or infinite, or too large for F16
     */
    public static Encoded encode(float[] vector, VectorEncoding encoding) {
        requireFinite(vector);
        ByteBuffer out = ByteBuffer.allocate(vector.length * componentBytes(encoding)).order(ByteOrder.LITTLE_ENDIAN);
        float scale = 1f;
        switch (encoding) {
            case F32 -> out.asFloatBuffer().put(vector);
            case F16 -> putHalves(vector, out.asShortBuffer());
            case I8 -> scale = putBytes(vector, out);
        }
        return new Encoded(out.array(), scale);
    }

    private static void putHalves(float[] vector, ShortBuffer out) {
        for (int i = 0; i < vector.length; i++) {
            short half = Float.floatToFloat16(vector[i]);
            if (Float.isInfinite(Float.float16ToFloat(half))) {
                throw CodecException.of(Reason.INVALID_VECTOR, "component " + i + " is " + vector[i]
                        + ", beyond 65504, the largest that F16 holds: set vector.encoding=F32");
            }
            out.put(half);
        }
    }

    private static float putBytes(float[] vector, ByteBuffer out) {
        float largest = 0;
        for (float v : vector) {
            largest = Math.max(largest, Math.abs(v));
        }
        float scale = largest / I8_LIMIT;
        if (scale == 0) {
            return 0;
        }
        for (float v : vector) {
            out.put((byte) Math.clamp(Math.rint(v / scale), -I8_LIMIT, I8_LIMIT));
        }
        return scale;
    }

    /**
     * @param bytes from its position to its limit, left as it was; any byte order
     * @return [dimension], a new array
     * @throws CodecException MALFORMED where the number of bytes does not fit the dimension; INVALID_VECTOR where the
     *                        scale or a component is NaN or infinite
     */
    public static float[] decode(ByteBuffer bytes, VectorEncoding encoding, float scale, int dimension) {
        if (!Float.isFinite(scale)) {
            throw CodecException.of(Reason.INVALID_VECTOR, "the vector's scale is " + scale);
        }
        float[] vector = read(bytes, encoding, scale, dimension);
        requireFinite(vector);
        return vector;
    }

    /** As {@link #decode}, with components of any kind let through. */
    static float[] read(ByteBuffer bytes, VectorEncoding encoding, float scale, int dimension) {
        int size = componentBytes(encoding);
        if (dimension < 1 || bytes.remaining() != (long) dimension * size) {
            throw CodecException.malformed("field vector holds " + bytes.remaining() + " bytes; dimension " + dimension
                    + " in " + encoding + " takes " + (long) dimension * size);
        }
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            float stored = switch (encoding) {
                case F32 -> in.getFloat();
                case F16 -> Float.float16ToFloat(in.getShort());
                case I8 -> in.get();
            };
            vector[i] = stored * scale;
        }
        return vector;
    }

    private static void requireFinite(float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw CodecException.of(Reason.INVALID_VECTOR, "component " + i + " of the vector is " + vector[i]);
            }
        }
    }
}
