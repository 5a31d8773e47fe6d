package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.model.ModelException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What int8 graphs are computed from. */
class Int8NumbersTest {

    private static final long SEED = 5;

    @Test
    void bytesOfAllCopiesAddUpToTheNearestWhole() {
        SplittableRandom random = new SplittableRandom(SEED);
        int inputs = 9;
        int outputs = 4;
        float[] matrix = new float[inputs * outputs];
        float[] factors = new float[inputs];
        int[] copies = new int[inputs];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextDouble(-3, 3);
        }
        for (int c = 0; c < inputs; c++) {
            factors[c] = (float) random.nextDouble(0.1, 5);
            copies[c] = random.nextInt(1, 5);
        }
        Int8Matrix int8 = Int8Matrix.of(matrix, factors, copies);
        assertThat(int8.values()).hasSize(Arrays.stream(copies).sum() * outputs).doesNotContain(Byte.MIN_VALUE);
        for (int o = 0; o < outputs; o++) {
            int at = 0;
            for (int c = 0; c < inputs; c++) {
                int sum = 0;
                for (int k = 0; k < copies[c]; k++) {
                    sum += int8.values()[at++ * outputs + o];
                }
                assertThat(sum * int8.scales()[o]).as("seed %d, output %d, input %d", SEED, o, c)
                        .isCloseTo(matrix[o * inputs + c] * factors[c], within(int8.scales()[o] * 0.501f));
            }
        }
    }

    @Test
    void theLargestChannelIsThereMoreOften() {
        assertThat(Copies.of(new float[]{1, 10, 2}, 4)).containsExactly(1, 5, 1);
        assertThat(Copies.repeat(new float[]{1, 2, 3, 4}, 2, 2, 1)).containsExactly(1, 2, 1, 2, 3, 4);
    }

    @Test
    void everyValueWithinTheRangesHasItsByte() {
        Calibration.Range range = new Calibration.Range(new float[]{-1, -0.2f, 0}, new float[]{4, 30, 0});
        for (double migration : new double[]{0, 0.5, 1}) {
            Int8Input input = Int8Input.of("layer", range, new float[]{0.5f, 0.1f, 0}, migration, 1);
            for (int c = 0; c < 3; c++) {
                for (float x : new float[]{range.low()[c], 0, range.high()[c]}) {
                    double level = x / input.factors()[c] / input.scale() + input.zeroPoint();
                    assertThat(level).as("channel %d, migration %s", c, migration).isBetween(-0.51, 255.51);
                }
            }
        }
        assertThat(Int8Input.of("layer", range, new float[]{1, 1, 1}, 1, 1).factors()[1]).isEqualTo(30);
        assertThat(Int8Input.of("layer", range, new float[]{1, 1, 1}, 1, 8).factors()[0]).isEqualTo(8);
    }

    @Test
    void calibrationIsTheSameAfterWritingAndReading() throws IOException {
        Calibration calibration = Calibration.of(Map.of("low.a", new float[]{-1.00001f, 0.5f}, "high.a",
                new float[]{2.00001f, 0.7f}));
        assertThat(calibration.range("a", 2).low()).containsExactly(-1.0009766f, 0);
        assertThat(calibration.range("a", 2).high()).containsExactly(2.0019531f, 0.7001953f);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        calibration.write(out);
        Calibration read = Calibration.read(new ByteArrayInputStream(out.toByteArray()), "memory");
        assertThat(read).isEqualTo(calibration).hasSameHashCodeAs(calibration);
        assertThat(read.distance(calibration)).isZero();
        Calibration wider = Calibration.of(Map.of("low.a", new float[]{-1, 0}, "high.a", new float[]{4, 1}));
        assertThat(wider.distance(calibration)).isCloseTo(0.4, within(0.01));
        assertThat(Calibration.of(Map.of()).distance(calibration)).isEqualTo(1);
    }

    @Test
    void strangeCalibrationsAreRefused() {
        assertThatThrownBy(() -> Calibration.read(new ByteArrayInputStream(new byte[20]), "some.file"))
                .isInstanceOf(ModelException.class).hasMessageStartingWith("some.file: no calibration");
        assertThatThrownBy(() -> Calibration.of(Map.of("low.a", new float[]{-1}, "high.a", new float[]{70_000})))
                .isInstanceOf(ModelException.class).hasMessageContaining("70000").hasMessageContaining("65504");
        assertThatThrownBy(() -> Calibration.of(Map.of("low.a", new float[]{-1})))
                .isInstanceOf(ModelException.class).hasMessageContaining("high.a");
    }
}
