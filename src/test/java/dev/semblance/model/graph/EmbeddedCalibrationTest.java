package dev.semblance.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.model.imports.Calibrator;
import dev.semblance.model.weights.OnnxInitialisers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ranges that come with the program are those of its texts. With
 * {@code mvn test -Dtest=EmbeddedCalibrationTest -Dcalibration.write=src/main/resources/dev/semblance/model/all-minilm-l6-v2.calibration}
 * they are written instead: after the texts were changed.
 */
class EmbeddedCalibrationTest {

    /** Machines round fp32 products differently. */
    private static final double TOLERANCE = 2e-3;

    private static final int SIZE_MAX_BYTES = 150_000;

    @TempDir
    private Path scratch;

    @Test
    void rangesAreThoseOfTheTexts() throws IOException {
        Calibration measured;
        try (OnnxInitialisers weights = EmbeddedModel.weights(EmbeddedModel.onnx())) {
            measured = EmbeddedInt8.measured(weights, scratch);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        measured.write(bytes);
        assertThat(bytes.size()).isLessThan(SIZE_MAX_BYTES);
        String file = System.getProperty("calibration.write");
        if (file != null) {
            Files.write(Path.of(file), bytes.toByteArray());
            return;
        }
        assertThat(measured.distance(EmbeddedInt8.shipped())).isLessThan(TOLERANCE);
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void textsAreManyAndDiffer() {
        assertThat(Calibrator.texts()).hasSize(400).doesNotHaveDuplicates().allSatisfy(t -> assertThat(t).isNotBlank());
    }
}
