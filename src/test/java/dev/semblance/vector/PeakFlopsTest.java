package dev.semblance.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeakFlopsTest {

    @Test
    void worksUntilTheGivenTimeAndCountsWhatItDid() {
        long untilNs = System.nanoTime() + 20_000_000;
        long operations = PeakFlops.run(untilNs);
        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(untilNs);
        assertThat(operations).isPositive().isEqualTo(operations / (2 * 12 * 4_096) * (2 * 12 * 4_096));
        assertThat(PeakFlops.run(System.nanoTime())).as("at least once").isPositive();
    }
}
