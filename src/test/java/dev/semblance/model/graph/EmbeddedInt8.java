package dev.semblance.model.graph;

import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.Pooling;
import dev.semblance.model.imports.Calibrator;
import dev.semblance.model.weights.OnnxInitialisers;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** What is known of the embedded model's ranges. */
final class EmbeddedInt8 {

    static final String RESOURCE = "/dev/semblance/model/all-minilm-l6-v2.calibration";

    private EmbeddedInt8() {}

    /** As it is shipped. */
    static Calibration shipped() {
        try (InputStream in = EmbeddedInt8.class.getResourceAsStream(RESOURCE)) {
            return Calibration.read(in, RESOURCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Anew, on this machine. */
    static Calibration measured(OnnxInitialisers weights, Path scratch) {
        try (InputStream in = EmbeddedInt8.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json");
                Tokenizer tokenizer = HuggingFaceTokenizers.open(in.readAllBytes(), 512)) {
            return Calibrator.calibrate(EmbeddedModel.architecture(weights), weights, Pooling.MEAN,
                    text -> tokenizer.tokenize(text).ids(), new OnnxRanges(), scratch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
