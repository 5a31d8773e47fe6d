package dev.semblance.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class OwnedGaugesTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private Double live(String task) {
        var gauge = registry.find("semblance.window.live").tag("task", task).gauge();
        return gauge == null ? null : gauge.value();
    }

    @Test
    void gaugesLeaveWithTheirOwner() {
        OwnedGauges one = new OwnedGauges(registry).add(SemblanceMeter.WINDOW_LIVE, () -> 1, "task", "0_0")
                .add(SemblanceMeter.WINDOW_BYTES, () -> 10, "task", "0_0");
        OwnedGauges two = new OwnedGauges(registry).add(SemblanceMeter.WINDOW_LIVE, () -> 2, "task", "0_1");

        one.close();
        one.close();

        assertThat(live("0_0")).isNull();
        assertThat(live("0_1")).isEqualTo(2.0);
        two.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void theNewerOwnerOfATaskTakesOverAndStays() {
        registry.config().commonTags("node", "n1");
        OwnedGauges former = new OwnedGauges(registry).add(SemblanceMeter.WINDOW_LIVE, () -> 1, "task", "0_0");
        OwnedGauges newer = new OwnedGauges(registry).add(SemblanceMeter.WINDOW_LIVE, () -> 2, "task", "0_0");
        assertThat(live("0_0")).isEqualTo(2.0);

        former.close();

        assertThat(live("0_0")).isEqualTo(2.0);
        newer.close();
        assertThat(registry.getMeters()).isEmpty();
    }
}
