package dev.semblance.infer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine's vectors against a forward pass that shares nothing with ONNX Runtime. */
class ReferenceParityTest {

    @Test
    void vectorsOfTheEmbeddedModelAreThoseOfBert() throws IOException {
        ModelBundle bundle = ModelBundle.open(new Config.Model(null, 0, false, "auto"));
        BertReference bert = new BertReference("/all-minilm-l6-v2.onnx", 6, 12, 384);
        List<String> samples = SampleTexts.make(60, 5);
        double worst = 1;
        Config.Engine config = new Config.Engine(ExecutionProvider.CPU, List.of(0), Config.Cuda.STANDARD, 2, 0, 0, 0,
                Duration.ZERO,
                64, Duration.ofMinutes(2), 0);
        try (Tokenizer tokenizer = HuggingFaceTokenizers.open(bundle.tokenizerJson(), 100);
                EmbeddingEngine engine = Engines.open(config, bundle, new SimpleMeterRegistry())) {
            for (String sample : samples.subList(0, 52)) {
                TokenizedText text = tokenizer.tokenize(sample);
                float[] actual = engine.submit(text).join();
                double[] expected = bert.embed(text.ids());
                double cosine = 0;
                for (int d = 0; d < expected.length; d++) {
                    cosine += expected[d] * actual[d];
                }
                assertThat(cosine).as("cosine of %s: '%s'", text, sample).isGreaterThanOrEqualTo(0.99999);
                worst = Math.min(worst, cosine);
            }
        }
        assertThat(worst).isGreaterThan(0.999999);
    }
}
