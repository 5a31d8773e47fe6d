package dev.semblance.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.model.bundle.ModelBundle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A packed graph that the device refuses. */
class PaddedFallbackTest {

    private final List<String> tried = new ArrayList<>();

    private EmbeddingEngine open(String variant, String refused) {
        return Engines.withPaddedFallback(ModelBundle.open(new Config.Model(null, 0, true, variant)), v -> {
            tried.add(v.name());
            if (v.name().startsWith(refused)) {
                throw new EngineStartException("cuda:0: no kernel", null);
            }
            return FakeEngine.open(new FakeBackend());
        });
    }

    @Test
    void isFollowedByThePaddedOneOnce() {
        open("auto", "cuda-fp16-packed").close();
        assertThat(tried).containsExactly("cuda-fp16-packed", "cuda-fp16");
        tried.clear();
        assertThatThrownBy(() -> open("auto", "cuda")).isInstanceOf(EngineStartException.class)
                .hasMessage("cuda:0: no kernel");
        assertThat(tried).containsExactly("cuda-fp16-packed", "cuda-fp16");
    }

    @Test
    void isNamedWithTheWayOutWhereItWasAskedFor() {
        assertThatThrownBy(() -> open("cuda-fp16-packed", "cuda")).isInstanceOf(EngineStartException.class)
                .hasMessage("cuda:0: no kernel; set model.variant=cuda-fp16, which needs no packed attention");
        assertThat(tried).containsExactly("cuda-fp16-packed");
    }

    /** Another graph would fare no better, and "refused" would blame the wrong thing. */
    @Test
    void isNotTriedWhereTheDeviceItselfIsNotThere() {
        DeviceUnavailableException fault = new DeviceUnavailableException("cuda:0: CUDA failure 101", null);
        for (String variant : List.of("auto", "cuda-fp16-packed")) {
            tried.clear();
            assertThatThrownBy(() -> Engines.withPaddedFallback(
                    ModelBundle.open(new Config.Model(null, 0, true, variant)), v -> {
                        tried.add(v.name());
                        throw fault;
                    })).isSameAs(fault);
            assertThat(tried).containsExactly("cuda-fp16-packed");
        }
    }
}
