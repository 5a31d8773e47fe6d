package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GemmPeakTest {

    private static final int K = 512;
    private static final int N = 512;

    /** The product really is computed: one element by hand, from the same random numbers. */
    @ParameterizedTest
    @EnumSource(GemmPeak.Format.class)
    void multipliesMatrices(GemmPeak.Format format) {
        try (GemmPeak peak = new GemmPeak(format)) {
            GemmPeak.Lane lane = peak.newLane();
            assertThat(lane.run(System.nanoTime())).isEqualTo(GemmPeak.operations());
            SplittableRandom random = new SplittableRandom(1);
            double[] right = new double[K * N];
            for (int i = 0; i < right.length; i++) {
                right[i] = format == GemmPeak.Format.FP32
                        ? (float) random.nextDouble(-1, 1)
                        : (byte) random.nextInt(-127, 128);
            }
            for (int[] at : new int[][]{{0, 0}, {3, 500}, {255, 511}}) {
                double sum = 0;
                for (int k = 0; k < K; k++) {
                    sum += lane.left(at[0], k) * right[k * N + at[1]];
                }
                double tolerance = format == GemmPeak.Format.FP32 ? 1e-3 : 0;
                assertThat(lane.element(at[0], at[1])).isCloseTo(sum, within(tolerance));
            }
        }
    }

    @Test
    void runsUntilTheGivenTime() {
        try (GemmPeak peak = new GemmPeak(GemmPeak.Format.INT8)) {
            long untilNs = System.nanoTime() + 50_000_000;
            assertThat(peak.newLane().run(untilNs) % GemmPeak.operations()).isZero();
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(untilNs);
        }
    }
}
