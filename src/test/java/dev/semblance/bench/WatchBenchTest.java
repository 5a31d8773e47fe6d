package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A small run, so that the program cannot rot; its figures are not looked at, but for what must always hold. */
class WatchBenchTest {

    @Test
    void measuresAndFindsEverything() {
        Random random = new Random(3);
        List<float[]> real = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            float[] v = new float[24];
            for (int j = 0; j < v.length; j++) {
                v[j] = (float) random.nextGaussian();
            }
            real.add(VectorKernels.normalised(v));
        }
        List<String> progress = new ArrayList<>();
        WatchBench.Report report = new WatchBench(
                new WatchBench.Plan(List.of(50, 900), List.of(0.6, 0.9), 24, 0.02, 2, 1), real, progress::add).run();
        assertThat(progress).containsExactly("50 watches, threshold 0.6", "50 watches, threshold 0.9",
                "900 watches, threshold 0.6", "900 watches, threshold 0.9");
        assertThat(report.figures()).hasSize(4).allSatisfy(f -> {
            assertThat(f.microsAnEvent().rounds()).hasSize(2).allMatch(us -> us > 0);
            assertThat(f.found()).isEqualTo(f.expected());
            assertThat(f.bytesAWatch()).isBetween(200.0, 1_000.0);
        });
        assertThat(report.figures().get(2).expected()).isPositive();
        assertThat(report.toTable()).contains("900 watches at 0.60");
        assertThat(report.toJson()).containsKeys("figures", "machine");
    }
}
