package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeakPopcountTest {

    @Test
    void comesToARate() {
        assertThat(PeakPopcount.wordsPerSecond(System.nanoTime() + 200_000_000)).isPositive().isFinite();
    }
}
