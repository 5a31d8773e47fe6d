package dev.semblance.infer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.batch.BatchLimits;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    /** It takes no position in graphs that count from padding, so that the last one would go untried. */
    @Test
    void noTokenIsPadding() {
        BatchLimits limits = BatchLimits.padded(64, 8, 1, 16, 0, 8);
        for (int pad = 0; pad < 3; pad++) {
            int bad = pad;
            assertThat(new WarmUp(limits, 3, pad).shortest().ids(0)).as("pad %d", pad).hasSize(8)
                    .satisfies(ids -> assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < 3 && id != bad));
        }
    }
}
