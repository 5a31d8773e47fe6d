package dev.semblance.window;

import dev.semblance.vector.SignCodes;
import dev.semblance.vector.VectorKernels;

/** What a search works in, so that it allocates nothing. Thread: one search at a time. */
final class SearchScratch {

    /** Survivors scored together. */
    static final int BATCH = 16;

    final long[] codes;
    /** Of the slots of a block; zeros without centring. */
    final long[] shares = new long[Slots.MAX_SLOTS_PER_BLOCK];
    final int[] hits;
    final int[] radii = new int[SignCodes.GROUP];
    final float[] scores = new float[VectorKernels.PACK * VectorKernels.GROUP];
    final int[] queryRows = new int[BATCH];
    final int[] slots = new int[BATCH];
    final short[] numbers;
    final float[] rows;
    /** For scans of everything; made at the first. */
    private float[] group;
    private final int dimension;

    SearchScratch(Space space) {
        dimension = space.dimension();
        codes = new long[Slots.MAX_SLOTS_PER_BLOCK * space.words()];
        hits = new int[space.plan().filters() ? Slots.MAX_SLOTS_PER_BLOCK * SignCodes.GROUP : 0];
        numbers = new short[VectorKernels.GROUP * dimension];
        rows = new float[BATCH * dimension];
    }

    float[] group() {
        if (group == null) {
            group = new float[VectorKernels.GROUP * dimension];
        }
        return group;
    }
}
