package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    @Test
    void gapsAreExponentialWithTheAskedMean() {
        long[] offsets = OpenLoop.schedule(200, 20_000, 7);

        assertThat(offsets).isSorted();
        double meanNs = offsets[offsets.length - 1] / (double) offsets.length;
        assertThat(meanNs).as("seed 7").isCloseTo(5e6, within(0.15e6));
        // Of an exponential distribution the standard deviation is the mean: 1/e of the gaps are longer than it.
        long longer = 0;
        for (int i = 1; i < offsets.length; i++) {
            longer += offsets[i] - offsets[i - 1] > 5e6 ? 1 : 0;
        }
        assertThat(longer / (double) offsets.length).as("seed 7").isCloseTo(Math.exp(-1), within(0.015));
    }

    @Test
    void theSameSeedGivesTheSameSchedule() {
        assertThat(OpenLoop.schedule(50, 100, 3)).isEqualTo(OpenLoop.schedule(50, 100, 3))
                .isNotEqualTo(OpenLoop.schedule(50, 100, 4));
        assertThatThrownBy(() -> OpenLoop.schedule(0, 1, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above 0");
    }

    @Test
    void aSenderThatComesLateStillCountsFromTheIntendedTimes() {
        long[] offsets = {0, 1_000_000, 2_000_000, 3_000_000};
        List<Long> intended = new ArrayList<>();
        List<Long> lateNs = new ArrayList<>();
        OpenLoop.run(offsets, (index, intendedNs) -> {
            intended.add(intendedNs);
            lateNs.add(System.nanoTime() - intendedNs);
            if (index == 0) {
                long untilNs = System.nanoTime() + 20_000_000;
                while (System.nanoTime() < untilNs) {
                    Thread.onSpinWait();
                }
            }
        }, new Stop());

        assertThat(Arrays.stream(offsets).map(o -> intended.get(0) + o).boxed().toList()).isEqualTo(intended);
        assertThat(lateNs).allMatch(l -> l >= 0, "never early");
        assertThat(lateNs.get(1)).as("the stall is not left out").isGreaterThan(15_000_000);
    }

    @Test
    void aRequestToStopEndsIt() {
        Stop stop = new Stop();
        AtomicInteger sent = new AtomicInteger();
        assertThatThrownBy(() -> OpenLoop.run(new long[]{0, 3_600_000_000_000L}, (index, _) -> {
            sent.incrementAndGet();
            stop.request();
        }, stop)).isInstanceOf(Stop.Stopped.class);
        assertThat(sent).hasValue(1);
    }
}
