package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.config.ConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The arithmetic under the reports, and the choice of texts. */
class FiguresTest {

    @Test
    void mediansAndRatiosOfRounds() {
        Spread odd = Spread.of(3, 1, 2);
        assertThat(odd.median()).isEqualTo(2);
        assertThat(Spread.of(4, 1, 2, 3).median()).isEqualTo(2.5);
        assertThat(List.of(odd.min(), odd.max())).containsExactly(1.0, 3.0);
        // Each round by its own counterpart: the medians' quotient would be 1.
        assertThat(odd.over(Spread.of(1, 2, 4)).rounds()).containsExactly(3.0, 0.5, 0.5);
        assertThatThrownBy(() -> odd.over(Spread.of(1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 rounds cannot be divided by 1");
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }

    /** Counted by hand for one layer of hidden 2, intermediate 3, of 5 tokens. */
    @Test
    void operationsOfATransformer() {
        // Per token: four 2 × 2 and two 2 × 3 matrices, 28 multiplications and additions each.
        double dense = 5 * 2 * 28;
        // Scores and weighted sums: 5 × 5 dot products of length 2, twice.
        double attention = 2 * 25 * 2 * 2;
        assertThat(new TransformerShape(1, 2, 3).flops(5, false)).isEqualTo(dense + attention);
        assertThat(new TransformerShape(4, 2, 3).flops(5, false)).isEqualTo(4 * (dense + attention));
        // Only the first token of the last layer: its keys and values are 8 each a token, the rest is for one row.
        double last = 2 * (5 * 8 + 20) + 2 * 5 * 2 * 2;
        assertThat(new TransformerShape(1, 2, 3).flops(5, true)).isEqualTo(last);
        assertThat(new TransformerShape(4, 2, 3).flops(5, true)).isEqualTo(3 * (dense + attention) + last);
        assertThat(TransformerShape.MINILM_L6.flops(24, false)).as("about half a GFLOP for a short post").isCloseTo(
                0.515e9,
                within(0.005e9));
        assertThat(TransformerShape.parse("12x768x3072")).isEqualTo(new TransformerShape(12, 768, 3072));
        for (String wrong : List.of("12x768", "0x1x1", "axbxc", "-1x2x3", "1x2x3x4", "")) {
            assertThatThrownBy(() -> TransformerShape.parse(wrong)).as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void textsAreDistinctAndSlicesGoRound(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("f.txt"), List.of("a", "b", "a", "", "c", "d"));
        var config = new ConfigSource().build().texts();
        assertThat(BenchTexts.distinct(config, file.toString(), 1, 100)).containsExactly("a", "b", "c", "d");
        assertThat(BenchTexts.distinct(config, file.toString(), 1, 3)).containsExactly("a", "b", "c");
        assertThatThrownBy(() -> BenchTexts.distinct(config, file.toString(), 5, 9)).isInstanceOf(BenchException.class)
                .hasMessageContaining("only 4 distinct texts").hasMessageContaining("5 are asked for");

        List<String> texts = List.of("a", "b", "c", "d");
        assertThat(BenchTexts.slice(texts, 0, 3)).containsExactly("a", "b", "c");
        assertThat(BenchTexts.slice(texts, 3, 3)).containsExactly("d", "a", "b");

        List<String> invented = BenchTexts.distinct(config, null, 200, 200);
        assertThat(new HashSet<>(invented)).hasSize(200);
        assertThat(BenchTexts.distinct(config, null, 200, 200)).isEqualTo(invented);
    }

    @Test
    void aPipelineWantsATextForEachThatItSends() {
        // 2 + 3 rounds of 100, 3 + 2 times a quarter of it, and twice half of 10 a second for 4 s.
        assertThat(PipelineBench.Plan.textsWanted(100, 3, 2, 0.5, 4, 10)).isEqualTo(500 + 3 * 2 * 25 + 2 * 60);
        assertThat(PipelineBench.Plan.textsWanted(100, 3, 2, 0, 4, 10)).isEqualTo(500 + 3 * 2 * 25);
        assertThat(PipelineBench.Plan.textsWanted(1 << 30, 1_000, 0, 0.5, 4, 10)).isEqualTo(2_000_000);
    }

    @Test
    void limitsAreTheMeanOfBeforeAndAfter() {
        Roofline.Sample mean = Roofline.Sample.mean(new Roofline.Sample(1, 2, 3), new Roofline.Sample(3, 6, 9));
        assertThat(mean).isEqualTo(new Roofline.Sample(2, 4, 6));
        assertThat(Roofline.Limits.of(List.of(mean, new Roofline.Sample(1, 1, 1))).int8Gemm().rounds())
                .containsExactly(6.0, 1.0);
    }
}
