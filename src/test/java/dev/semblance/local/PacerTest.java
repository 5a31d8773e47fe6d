package dev.semblance.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacerTest {

    @Test
    void maxNeverWaits() {
        Pacer pacer = Pacer.of("max");
        assertThat(pacer.delayMs(0, 5)).isZero();
        assertThat(pacer.delayMs(1_000_000, 5)).isZero();
    }

    @Test
    void eventTimeIsCompressed() {
        Pacer pacer = Pacer.of("x60");
        assertThat(pacer.delayMs(1_000_000, 500)).isZero();
        assertThat(pacer.delayMs(1_060_000, 500)).isEqualTo(1_000);
        assertThat(pacer.delayMs(1_060_000, 1_200)).isEqualTo(300);
        assertThat(pacer.delayMs(1_060_000, 9_999)).isZero();
    }

    @Test
    void aFactorBelowOneStretches() {
        Pacer pacer = Pacer.of("x0.5");
        pacer.delayMs(0, 0);
        assertThat(pacer.delayMs(100, 0)).isEqualTo(200);
    }

    @Test
    void beingLateOnceDoesNotDelayTheRest() {
        Pacer pacer = Pacer.of("x1");
        pacer.delayMs(0, 0);
        assertThat(pacer.delayMs(100, 5_000)).isZero();
        assertThat(pacer.delayMs(5_100, 5_000)).isEqualTo(100);
    }

    @Test
    void eventsWithoutTimeAndOlderOnesGoAtOnce() {
        Pacer pacer = Pacer.of("x1");
        assertThat(pacer.delayMs(-1, 0)).isZero();
        pacer.delayMs(1_000, 0);
        assertThat(pacer.delayMs(-1, 0)).isZero();
        assertThat(pacer.delayMs(10, 0)).isZero();
    }

    @Test
    void aHoleInTheFileIsWaitedForOnceAndNotForEver() {
        Pacer pacer = Pacer.of("x1");
        long tenYearsMs = 315_360_000_000L;
        pacer.delayMs(0, 0);
        assertThat(pacer.delayMs(tenYearsMs, 0)).isEqualTo(Pacer.MAX_DELAY_MS);
        assertThat(pacer.delayMs(tenYearsMs + 50, Pacer.MAX_DELAY_MS)).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "x0", "60", "x-1", "fast", "x1e3", "x99999999999", "xNaN", "MAX "})
    void anotherSpeedIsRefused(String speed) {
        assertThatThrownBy(() -> Pacer.of(speed)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("speed " + speed).hasMessageContaining("x60");
    }
}
