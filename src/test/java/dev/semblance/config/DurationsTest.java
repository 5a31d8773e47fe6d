package dev.semblance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({"50ms,PT0.05S", "90s,PT1M30S", "15m,PT15M", "24h,PT24H", "30d,PT720H", "0s,PT0S", "' 5 s ',PT5S"})
    void parses(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "1.5h", "5S", "5 sec", "1h30m", "1000000000000000s", "٥s"})
    void refuses(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no duration; write 50ms, 90s, 15m, 24h or 30d");
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0ms", "PT0.05S,50ms", "PT1M30S,90s", "PT24H,24h", "PT48H,2d", "PT60S,1m", "PT1.5S,1500ms"})
    void formats(Duration duration, String expected) {
        assertThat(Durations.format(duration)).isEqualTo(expected);
    }

    @Test
    void whatIsFormattedReadsBackTheSame() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        long[] unitMs = {1, 1_000, 60_000, 3_600_000, 86_400_000};
        for (int i = 0; i < 10_000; i++) {
            Duration d = Duration.ofMillis(random.nextLong(0, 100_000) * unitMs[random.nextInt(unitMs.length)]);
            assertThat(Durations.parse(Durations.format(d))).as("seed %d, round %d", seed, i).isEqualTo(d);
        }
    }
}
