package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FramingTest {

    @Test
    void toldFromTheFirstBytes() {
        assertThat(of("c301")).isEqualTo(Framing.SINGLE_OBJECT);
        assertThat(of("c301aabb")).isEqualTo(Framing.SINGLE_OBJECT);
        assertThat(of("c3")).isEqualTo(Framing.OTHER);
        assertThat(of("c302aabbccdd")).isEqualTo(Framing.OTHER);
        assertThat(of("0000000007")).isEqualTo(Framing.CONFLUENT);
        assertThat(of("00000007")).isEqualTo(Framing.OTHER);
        assertThat(of("")).isEqualTo(Framing.OTHER);
    }

    @Test
    void noTextLooksLikeASingleObject() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            byte[] utf8 = (Character.toString(c) + "\u0001").getBytes(StandardCharsets.UTF_8);
            if (Framing.of(utf8) == Framing.SINGLE_OBJECT) {
                throw new AssertionError("U+" + Integer.toHexString(c));
            }
        }
    }

    private static Framing of(String hex) {
        return Framing.of(HexFormat.of().parseHex(hex));
    }
}
