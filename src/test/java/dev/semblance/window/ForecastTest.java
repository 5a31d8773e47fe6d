package dev.semblance.window;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForecastTest {

    private static final long HOUR_MS = 3_600_000;

    @Test
    void saysWhatAFullWindowWillNeed() {
        Forecast forecast = new Forecast(100_000_000);
        assertThat(forecast.isDue(999_999)).isFalse();
        assertThat(forecast.isDue(1_000_000)).isTrue();
        // 10 a second of 1,000 bytes each: a day takes 864 MB, and 100 MB hold 2 hours and 46 minutes.
        assertThat(forecast.warning(1_000, 1_000_000, 100_000, 24 * HOUR_MS).orElseThrow()).contains(
                "window.max.bytes=100000000", "1,000 originals in 0h1m", "10.0 a second", "1,000 bytes × 24h0m",
                "864,000,000 bytes", "after about 2h46m");
        assertThat(forecast.isDue(9_999_999)).as("the next time at a tenth").isFalse();
        assertThat(forecast.warning(10_000, 10_000_000, 1_000_000, 24 * HOUR_MS)).as("still").isPresent();
        assertThat(forecast.warning(50_000, 50_000_000, 5_000_000, 24 * HOUR_MS)).as("and at half").isPresent();
        assertThat(forecast.isDue(99_999_999)).as("then cuts speak for themselves").isFalse();
    }

    @Test
    void isSilentWhereTheWindowFits() {
        assertThat(new Forecast(100_000_000).warning(1_000, 1_000_000, HOUR_MS, 24 * HOUR_MS)).isEmpty();
        assertThat(new Forecast(100_000_000).warning(80_000, 80_000_000, 25 * HOUR_MS, 24 * HOUR_MS))
                .as("a full window that came out of a restore").isEmpty();
        assertThat(new Forecast(10_000).warning(20, 9_000, 1, 24 * HOUR_MS)).as("too few for a rate").isEmpty();
        assertThat(new Forecast(1_000_000).warning(500, 500_000, 0, 24 * HOUR_MS)).as("all at one time").isPresent();
    }
}
