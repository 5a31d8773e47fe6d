package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class SourceMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double count(String meter, String source) {
        Counter counter = registry.find(meter).tag("source", source).counter();
        return counter == null ? -1 : counter.count();
    }

    private double events(String source) {
        return count("semblance.detect.source.events", source);
    }

    @Test
    void whoSaysMuchIsFoundAmongMany() {
        SourceMeters meters = new SourceMeters(registry, 2);
        for (int i = 0; i < 100_000; i++) {
            meters.decided("passer-by " + i, false);
            if (i % 100 == 0) {
                meters.decided("bot", i % 200 == 0);
            }
        }
        assertThat(events("bot")).as("counted from being found on").isBetween(500.0, 900.0);
        assertThat(count("semblance.detect.source.suppressed", "bot") / events("bot")).isBetween(0.49, 0.51);
        assertThat(events("bot") + events(SourceMeters.OTHER)).isEqualTo(101_000);
        assertThat(registry.find("semblance.detect.source.events").counters()).hasSize(2);
    }

    @Test
    void thereAreNeverMoreThanAllowed() {
        SourceMeters meters = new SourceMeters(registry, 3);
        for (int i = 0; i < 2_000; i++) {
            meters.decided("user " + i % 10, true);
        }
        meters.decided(null, false);
        meters.decided("x".repeat(1_000), false);
        assertThat(registry.find("semblance.detect.source.events").counters()).as("3, (other) and (none)").hasSize(5);
        assertThat(events(SourceMeters.NONE)).isEqualTo(1);
        double all = registry.find("semblance.detect.source.events").counters().stream().mapToDouble(Counter::count)
                .sum();
        assertThat(all).isEqualTo(2_002);
    }

    @Test
    void noneAreMadeWhereNoneAreWanted() {
        new SourceMeters(registry, 0).decided("a", true);
        assertThat(registry.getMeters()).isEmpty();
    }
}
