package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.codec.VectorBytes.Encoded;
import dev.semblance.record.VectorEncoding;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorBytesTest {

    @Test
    void bytesAreLittleEndian() {
        float[] vector = {1f, -2f};
        assertThat(VectorBytes.encode(vector, VectorEncoding.F32).bytes()).containsExactly(0, 0, 0x80, 0x3F, 0, 0, 0,
                0xC0);
        assertThat(VectorBytes.encode(vector, VectorEncoding.F16).bytes()).containsExactly(0, 0x3C, 0, 0xC0);
        Encoded bytes = VectorBytes.encode(vector, VectorEncoding.I8);
        assertThat(bytes.bytes()).containsExactly(64, -127);
        assertThat(bytes.scale()).isEqualTo(2f / 127);
    }

    @Test
    void f32IsLossless() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            float[] vector = new float[1 + random.nextInt(100)];
            for (int i = 0; i < vector.length; i++) {
                float any = Float.intBitsToFloat(random.nextInt());
                vector[i] = Float.isFinite(any) ? any : -0f;
            }
            assertThat(roundTrip(vector, VectorEncoding.F32)).as("seed %d", seed).containsExactly(vector);
        }
    }

    @Test
    void roundingIsBounded() {
        for (long seed = 0; seed < 200; seed++) {
            float[] vector = Samples.vector(new Random(seed), 384);
            float largest = 0;
            for (float v : vector) {
                largest = Math.max(largest, Math.abs(v));
            }
            float[] halves = roundTrip(vector, VectorEncoding.F16);
            float[] bytes = roundTrip(vector, VectorEncoding.I8);
            for (int i = 0; i < vector.length; i++) {
                assertThat(halves[i]).as("F16, seed %d, component %d", seed, i).isCloseTo(vector[i],
                        within(Math.abs(vector[i]) / 2048 + 1e-7f));
                assertThat(bytes[i]).as("I8, seed %d, component %d", seed, i).isCloseTo(vector[i],
                        within(largest / 127 * 0.5001f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void zerosAndTinyComponentsStayWhatTheyAre(VectorEncoding encoding) {
        assertThat(roundTrip(new float[5], encoding)).containsOnly(0f);
        float[] tiny = roundTrip(new float[]{Float.MIN_VALUE, 0}, encoding);
        assertThat(tiny[0]).isBetween(0f, Float.MIN_VALUE);
        assertThat(tiny[1]).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoNumberIsRefused(VectorEncoding encoding) {
        for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> VectorBytes.encode(new float[]{1, bad}, encoding))
                    .isInstanceOf(CodecException.class).hasMessageContaining("INVALID_VECTOR")
                    .hasMessageContaining("component 1").hasMessageContaining(Float.toString(bad));
            assertThatThrownBy(() -> VectorBytes.decode(ByteBuffer.allocate(8), encoding, bad,
                    8 / VectorBytes.componentBytes(encoding))).isInstanceOf(CodecException.class)
                    .hasMessageContaining("scale");
        }
    }

    @Test
    void nanInStoredBytesIsRefused() {
        ByteBuffer nan = ByteBuffer.wrap(new byte[]{0, 0, (byte) 0xC0, 0x7F});
        assertThatThrownBy(() -> VectorBytes.decode(nan, VectorEncoding.F32, 1, 1)).isInstanceOf(CodecException.class)
                .hasMessageContaining("component 0 of the vector is NaN");
    }

    @Test
    void f16NamesTheComponentThatItCannotHold() {
        assertThatThrownBy(() -> VectorBytes.encode(new float[]{0, 70_000}, VectorEncoding.F16))
                .isInstanceOf(CodecException.class).hasMessageContaining("component 1 is 70000.0")
                .hasMessageContaining("vector.encoding=F32");
    }

    @ParameterizedTest
    @EnumSource
    void lengthMustFitTheDimension(VectorEncoding encoding) {
        int size = VectorBytes.componentBytes(encoding);
        for (int dimension : new int[]{-1, 0, 2, 4, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> VectorBytes.decode(ByteBuffer.allocate(3 * size), encoding, 1, dimension))
                    .isInstanceOf(CodecException.class).hasMessageContaining("MALFORMED")
                    .hasMessageContaining("holds " + 3 * size + " bytes")
                    .hasMessageContaining("dimension " + dimension);
        }
    }

    private static float[] roundTrip(float[] vector, VectorEncoding encoding) {
        Encoded encoded = VectorBytes.encode(vector, encoding);
        return VectorBytes.decode(ByteBuffer.wrap(encoded.bytes()), encoding, encoded.scale(), vector.length);
    }
}
