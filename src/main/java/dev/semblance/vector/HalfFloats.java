package dev.semblance.vector;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Vectors as IEEE 754 half floats, 2 bytes a component, little-endian. The cosine of unit vectors errs by at most about
 * 1.2e-4. Components of magnitude 65,520 and more become infinite.
 *
 * <p>Thread: stateless.
 */
public final class HalfFloats {

    private HalfFloats() {}

    /** Rounds to the nearest half float, ties to even. */
    public static byte[] toBytes(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float x : vector) {
            bytes.putShort(Float.floatToFloat16(x));
        }
        return bytes.array();
    }

    /** @throws IllegalArgumentException where the length is odd */
    public static float[] fromBytes(byte[] bytes) {
        if (bytes.length % 2 != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are no half floats: expected an even number");
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[bytes.length / 2];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = Float.float16ToFloat(b.getShort());
        }
        return vector;
    }
}
