package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import org.junit.jupiter.api.Test;

class ByteProductsTest {

    private static final String WITH = "flags\t\t: fpu sse4_1 avx2 avx512f avx512_vnni\nbugs\t\t: none\n";
    private static final String LESSER_WITH = "flags\t\t: fpu avx2 avx_vnni\n";
    private static final String WITHOUT = "flags\t\t: fpu sse4_1 avx2 avx512f avx512bw\nmodel name\t: avx_vnni\n";

    @Test
    void processorsWithoutVnniSaturate() {
        assertThat(ByteProducts.saturate(WITHOUT)).isTrue();
        assertThat(ByteProducts.saturate(WITH)).isFalse();
        assertThat(ByteProducts.saturate(LESSER_WITH)).isFalse();
        assertThat(ByteProducts.saturate(WITH + WITHOUT)).isTrue();
        assertThat(ByteProducts.saturate("Features : fp asimd\n")).isTrue();
    }

    @Test
    void sessionsAreToldToAddExactlyWhereItIsNeeded() throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            OnnxBackends.single(options);
            assertThat(options.getConfigEntries().containsKey(ByteProducts.EXACT))
                    .isEqualTo(ByteProducts.saturate());
        }
    }
}
