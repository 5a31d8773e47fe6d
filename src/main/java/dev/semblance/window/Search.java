package dev.semblance.window;

import static dev.semblance.vector.SignCodes.GROUP;

import dev.semblance.vector.FixedPoint;
import dev.semblance.vector.SignCodes;
import dev.semblance.vector.VectorKernels;
import java.util.Arrays;

/**
 * One search of a stretch of blocks of a model. Two ways give the same hits to the bit: the codes pick the survivors and those are
 * scored; or everything is scored, and what reaches the threshold is held against its radius. So which way is taken is a
 * matter of speed alone, and may follow what was measured.
 *
 * <p>Without a filter (exact search, live queries) everything is scored, and no radius applies.
 *
 * <p>Thread: that of its scratch, under the lock of {@link VectorIndex}.
 */
final class Search {

    /** Receives what a search finds. */
    @FunctionalInterface
    interface Sink {
        void hit(int query, int slot, float cosine);
    }

    private final Slots slots;
    private final PreparedProbes probes;
    private final SearchScratch scratch;
    private final Sink sink;
    /** The only row asked for, −1 for all. */
    private final int onlyRow;
    private int pending;
    private long survivors;

    /**
     * @param scratch not in use by another search
     * @param onlyRow −1 for all
     */
    Search(Slots slots, PreparedProbes probes, SearchScratch scratch, int onlyRow, Sink sink) {
        this.slots = slots;
        this.probes = probes;
        this.scratch = scratch;
        this.onlyRow = onlyRow;
        this.sink = sink;
    }

    /** Pairs that the codes let through. */
    long survivors() {
        return survivors;
    }

    /** By the codes. Each block's codes are read once and stay in the cache while pack after pack passes over them. */
    void byCodes(int fromBlock, int toBlock) {
        int words = probes.space.words();
        int firstPack = onlyRow < 0 ? 0 : onlyRow / GROUP;
        int packEnd = onlyRow < 0 ? probes.packs() : firstPack + 1;
        for (int block = fromBlock; block < toBlock; block++) {
            int used = slots.used(block);
            int start = slots.start(block);
            slots.codes(block, scratch.codes);
            slots.shares(block, scratch.shares);
            for (int p = firstPack; p < packEnd; p++) {
                int hits = SignCodes.near(probes.codes, p * words * GROUP, scratch.codes, Math.ceilDiv(used, GROUP),
                        words, radii(), onlyRow < 0 ? p * GROUP : 0, scratch.shares, scratch.hits);
                for (int h = 0; h < hits; h++) {
                    int slot = scratch.hits[h] / GROUP;
                    if (slot < used) {
                        survivor(start + slot, p * GROUP + scratch.hits[h] % GROUP);
                    }
                }
            }
        }
        scorePending();
    }

    private int[] radii() {
        if (onlyRow < 0) {
            return probes.radii;
        }
        Arrays.fill(scratch.radii, SignCodes.NOTHING);
        scratch.radii[onlyRow % GROUP] = probes.radii[onlyRow];
        return scratch.radii;
    }

    private void survivor(int slot, int query) {
        survivors++;
        scratch.queryRows[pending] = query;
        scratch.slots[pending++] = slot;
        if (pending == SearchScratch.BATCH) {
            scorePending();
        }
    }

    /** All are read before any is scored: so the processor waits for several at once. */
    private void scorePending() {
        int dimension = probes.space.dimension();
        for (int i = 0; i < pending; i++) {
            slots.numbers(scratch.slots[i], 1, scratch.numbers, i * dimension);
        }
        int close = 0;
        for (int i = 0; i < pending; i++) {
            int slot = scratch.slots[i];
            int query = scratch.queryRows[i];
            byte exponent = slots.exponent(slot);
            // Most survivors are clearly below the threshold: a rough cosine tells, at a fifth of the cost.
            if (VectorKernels.roughDot(probes.units, query * dimension, scratch.numbers, i * dimension, exponent,
                    dimension) >= probes.threshold - VectorKernels.ROUGH_ERROR) {
                FixedPoint.decode(scratch.numbers, i * dimension, exponent, dimension, scratch.rows,
                        close * dimension);
                scratch.slots[close] = slot;
                scratch.queryRows[close++] = query;
            }
        }
        pending = 0;
        VectorKernels.dots(probes.units, scratch.queryRows, scratch.rows, dimension, close, scratch.scores);
        for (int i = 0; i < close; i++) {
            float cosine = VectorKernels.clamp(scratch.scores[i]);
            if (cosine >= probes.threshold) {
                sink.hit(scratch.queryRows[i], scratch.slots[i], cosine);
            }
        }
    }

    /** By scoring everything, 8 queries × 32 vectors at a time. The probes must have been packed. */
    void byScores(int fromBlock, int toBlock) {
        float[] packs = probes.packedUnits;
        int dimension = probes.space.dimension();
        int firstPack = onlyRow < 0 ? 0 : onlyRow / GROUP;
        int packEnd = onlyRow < 0 ? probes.packs() : firstPack + 1;
        for (int block = fromBlock; block < toBlock; block++) {
            int used = slots.used(block);
            for (int from = 0; from < used; from += VectorKernels.GROUP) {
                int n = Math.min(VectorKernels.GROUP, used - from);
                float[] group = transposed(slots.start(block) + from, n);
                for (int p = firstPack; p < packEnd; p++) {
                    float max = VectorKernels.score(packs, p * VectorKernels.PACK * dimension, group, dimension,
                            scratch.scores);
                    if (max >= probes.threshold) {
                        report(p * GROUP, slots.start(block) + from, n);
                    }
                }
            }
        }
    }

    /** Component by component across the vectors. Lanes beyond {@code n} hold anything. */
    private float[] transposed(int slot, int n) {
        int dimension = probes.space.dimension();
        float[] group = scratch.group();
        slots.numbers(slot, n, scratch.numbers, 0);
        for (int c = 0; c < n; c++) {
            float factor = Math.scalb(1f, slots.exponent(slot + c));
            for (int j = 0; j < dimension; j++) {
                group[j * VectorKernels.GROUP + c] = scratch.numbers[c * dimension + j] * factor;
            }
        }
        return group;
    }

    private void report(int firstQuery, int firstSlot, int n) {
        int rows = Math.min(GROUP, probes.size() - firstQuery);
        for (int k = 0; k < rows; k++) {
            int query = firstQuery + k;
            if (onlyRow >= 0 && query != onlyRow) {
                continue;
            }
            for (int c = 0; c < n; c++) {
                float cosine = VectorKernels.clamp(scratch.scores[k * VectorKernels.GROUP + c]);
                if (cosine >= probes.threshold && survives(firstSlot + c, query)) {
                    sink.hit(query, firstSlot + c, cosine);
                }
            }
        }
    }

    private boolean survives(int slot, int query) {
        return !probes.filtered
                || slots.distance(slot, probes.codes, probes.packOffset(query), query % GROUP) <= probes.radii[query]
                        + slots.share(slot);
    }
}
