package dev.semblance.infer;

import dev.semblance.batch.BatchLimits;
import dev.semblance.batch.MicroBatch;
import dev.semblance.batch.Pending;
import dev.semblance.record.TokenizedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The first runs on a device: they take its memory, and show before any record is read whether the model runs at its
 * longest and whether a text's vector depends on its batch.
 */
final class WarmUp {

    private static final int SHORT_TOKENS = 8;
    private static final int USUAL_TOKENS = 32;
    private static final int ID_MAX = 1000;

    private final BatchLimits limits;
    private final int vocabularySize;
    private final int padTokenId;

    /**
     * @param vocabularySize −1 if unknown
     * @param padTokenId     not among the texts' tokens: RoBERTa's graphs do not count it, so that the longest text would
     *                       leave the last position out
     */
    WarmUp(BatchLimits limits, int vocabularySize, int padTokenId) {
        this.limits = limits;
        this.vocabularySize = vocabularySize;
        this.padTokenId = padTokenId;
    }

    /** A batch of one short text. */
    MicroBatch<Object> shortest() {
        return batch(1, SHORT_TOKENS, 1);
    }

    /** @return largest difference of an element between a text's vector alone and in a batch; 0 means the same bytes */
    float run(Backend.Lane lane, int dimension) throws Backend.Failure {
        lane.run(batch(1, limits.maxTextTokens(), 1));
        float largest = 0;
        for (int tokens : new int[]{SHORT_TOKENS, USUAL_TOKENS}) {
            int padded = limits.paddedLength(Math.min(tokens, limits.maxTextTokens()));
            MicroBatch<Object> full = batch(limits.rows(padded), tokens, 7);
            float[] together = Arrays.copyOf(lane.run(full), full.size() * dimension);
            for (int row : new int[]{0, full.size() / 2, full.size() - 1}) {
                float[] alone = lane.run(full.part(row, row + 1));
                for (int d = 0; d < dimension; d++) {
                    float a = alone[d];
                    float b = together[row * dimension + d];
                    if (Float.floatToRawIntBits(a) != Float.floatToRawIntBits(b)) {
                        largest = Math.max(largest, Math.max(Math.abs(a - b), Float.MIN_VALUE));
                    }
                }
            }
        }
        return largest;
    }

    private MicroBatch<Object> batch(int rows, int wantedTokens, long seed) {
        int tokens = Math.min(wantedTokens, limits.maxTextTokens());
        SplittableRandom random = new SplittableRandom(seed);
        int bound = vocabularySize < 0 ? ID_MAX : vocabularySize;
        List<Pending<Object>> texts = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int[] ids = random.ints(tokens, 0, bound).map(id -> id == padTokenId ? (id + 1) % bound : id).toArray();
            texts.add(new Pending<>(this, new TokenizedText(ids, false), 0, row));
        }
        return new MicroBatch<>(texts, limits.paddedLength(tokens));
    }
}
