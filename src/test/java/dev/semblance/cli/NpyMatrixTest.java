package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyMatrixTest {

    private static byte[] written(NpyMatrix matrix) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        matrix.write(out);
        return out.toByteArray();
    }

    /** As {@code numpy.save} writes {@code numpy.array([[1, -2], [0.5, 3]], dtype='<f4')}. */
    @Test
    void theBytesAreThoseOfNumpy() throws IOException {
        NpyMatrix matrix = new NpyMatrix(2);
        matrix.add(new float[]{1, -2});
        matrix.add(new float[]{0.5f, 3});

        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        // Magic, version 1.0, header length 0x76 = 118: the data begin at byte 128.
        expected.write(new byte[]{(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0x76, 0});
        expected.write(header.getBytes(StandardCharsets.US_ASCII));
        expected.write(" ".repeat(117 - header.length()).getBytes(StandardCharsets.US_ASCII));
        expected.write('\n');
        expected.write(new byte[]{0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, 0, 0, 0, 0x3f, 0, 0, 0x40, 0x40});
        assertThat(written(matrix)).isEqualTo(expected.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 99, 100, 12_345})
    void dataBeginAtAMultipleOf64(int rows) throws IOException {
        NpyMatrix matrix = new NpyMatrix(3);
        for (int i = 0; i < rows; i++) {
            matrix.add(new float[]{i, -i, Float.MIN_VALUE});
        }
        byte[] bytes = written(matrix);
        int headerBytes = ByteBuffer.wrap(bytes, 8, 2).order(ByteOrder.LITTLE_ENDIAN).getShort();
        assertThat((10 + headerBytes) % 64).isZero();
        assertThat(bytes[10 + headerBytes - 1]).isEqualTo((byte) '\n');
        assertThat(new String(bytes, 10, headerBytes, StandardCharsets.US_ASCII)).contains("(" + rows + ", 3)");
        assertThat(bytes).hasSize(10 + headerBytes + rows * 12);
        if (rows > 0) {
            ByteBuffer last = ByteBuffer.wrap(bytes, bytes.length - 12, 12).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(last.getFloat()).isEqualTo(rows - 1);
            assertThat(last.getFloat()).isEqualTo(1 - rows);
            assertThat(last.getFloat()).isEqualTo(Float.MIN_VALUE);
        }
    }
}
