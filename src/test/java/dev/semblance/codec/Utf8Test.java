package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void agreesWithTheStandardLibraryOnAnyBytes() {
        byte[] pieces = {0x41, (byte) 0x80, (byte) 0xBF, (byte) 0x9F, (byte) 0xA0, (byte) 0x8F, (byte) 0x90,
                (byte) 0xC0, (byte) 0xC1, (byte) 0xC2, (byte) 0xDF, (byte) 0xE0, (byte) 0xE1, (byte) 0xED, (byte) 0xEF,
                (byte) 0xF0, (byte) 0xF1, (byte) 0xF4, (byte) 0xF5, (byte) 0xFF, 0};
        for (long seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(9)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = pieces[random.nextInt(pieces.length)];
            }
            assertThat(Utf8.invalidOffset(bytes, 0, bytes.length)).as("seed %d", seed).isEqualTo(expected(bytes));
        }
    }

    private static int expected(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return decoder.decode(in, CharBuffer.allocate(bytes.length), true).isError() ? in.position() : -1;
    }

    @Test
    void looksOnlyAtItsRange() {
        byte[] bytes = {(byte) 0xFF, 'a', (byte) 0xC3, (byte) 0xBC};
        assertThat(Utf8.invalidOffset(bytes, 1, 4)).isEqualTo(-1);
        assertThat(Utf8.invalidOffset(bytes, 1, 3)).isEqualTo(2);
    }

    @Test
    void sizesAreThoseOfTheEncodedText() {
        for (long seed = 0; seed < 5_000; seed++) {
            String text = Samples.text(new Random(seed));
            assertThat(Utf8.sizeBytes(text)).as("seed %d", seed)
                    .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
            assertThat(Utf8.unpairedSurrogate(text)).as("seed %d", seed).isEqualTo(-1);
        }
    }

    @Test
    void unpairedSurrogatesAreFound() {
        assertThat(Utf8.unpairedSurrogate("a\uD83D")).isEqualTo(1);
        assertThat(Utf8.unpairedSurrogate("\uDE00a")).isZero();
        assertThat(Utf8.unpairedSurrogate("\uD83D\uD83D\uDE00")).isZero();
        assertThat(Utf8.unpairedSurrogate("\uD83D\uDE00\uDE00")).isEqualTo(2);
        assertThat(Utf8.sizeBytes("\uD83D")).isEqualTo(3);
    }
}
