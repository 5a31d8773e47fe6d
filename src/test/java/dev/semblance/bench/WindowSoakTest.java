package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.vector.VectorKernels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowSoakTest {

    private static final Config.Detect RULES = new ConfigSource().with(ConfigKey.WINDOW_MAX_BYTES, 1L << 40).build()
            .detect();

    private static List<float[]> vectors() {
        Random random = new Random(6);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            float[] v = new float[24];
            for (int j = 0; j < v.length; j++) {
                v[j] = (float) random.nextGaussian();
            }
            vectors.add(VectorKernels.normalised(v));
        }
        return vectors;
    }

    @Test
    void theWindowKeepsItsSize() {
        WindowSoak.Plan plan = new WindowSoak.Plan(RULES, 1_000, 24, Duration.ofMinutes(6), Duration.ofHours(1), 10, 1);
        assertThat(plan.events()).isEqualTo(10_000);
        List<String> progress = new ArrayList<>();
        WindowSoak.Report report = new WindowSoak(plan, vectors()).run(progress::add);
        assertThat(report.events()).isEqualTo(11_000);
        assertThat(report.hits()).isPositive();
        assertThat(report.samples()).hasSizeBetween(10, 12).hasSameSizeAs(progress).allSatisfy(s -> {
            // Edits and deletes leave holes, refreshes keep some longer.
            assertThat(s.live()).isBetween(850L, 1_100L);
            assertThat(s.windowBytes()).isBetween(300_000L, 900_000L);
            assertThat(s.heapBytes()).isPositive();
        });
        assertThat(report.samples().getFirst().hours()).isCloseTo(0, within(0.11));
        assertThat(report.samples().getLast().hours()).isCloseTo(1, within(0.11));
        assertThat(report.slope(WindowSoak.Sample::windowBytes)).as("bytes an hour").isBetween(-2e5, 2e5);
        assertThat(report.toTable()).contains("11,000 events", "slope, MB an hour");
        assertThat(report.toJson()).containsKeys("heapBytesAnHour", "samples");
    }

    @Test
    void theSlopeIsThatOfTheSecondHalf() {
        List<WindowSoak.Sample> samples = new ArrayList<>();
        for (int i = 0; i <= 20; i++) {
            long bytes = i < 10 ? 0 : 1_000 + 50 * i;
            samples.add(new WindowSoak.Sample(0.1 * i, 1, bytes, 7, -1));
        }
        WindowSoak.Report report = new WindowSoak.Report(null, 1, 1, 1, samples);
        assertThat(report.slope(WindowSoak.Sample::heapBytes)).isCloseTo(500, within(1e-6));
        assertThat(report.slope(WindowSoak.Sample::windowBytes)).isZero();
    }

    @Test
    void refusesMoreEventsThanItCanNumber() {
        WindowSoak.Plan plan = new WindowSoak.Plan(RULES, 1_000_000, 24, Duration.ofSeconds(1), Duration.ofHours(1), 10,
                1);
        assertThatThrownBy(() -> new WindowSoak(plan, vectors()).run(_ -> {})).isInstanceOf(BenchException.class)
                .hasMessageContaining("3601000000 events");
    }
}
