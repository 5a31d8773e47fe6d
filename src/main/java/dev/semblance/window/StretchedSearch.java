package dev.semblance.window;

import java.util.Arrays;

/**
 * A search of the slots of a model over several threads: each takes stretches of blocks. What is found is kept by
 * stretch and told in the order of the stretches, on the calling thread: the sink sees the same hits in the same order
 * as with one thread.
 *
 * <p>Thread: the calling one, under the lock of {@link VectorIndex}, which it holds until all others are done.
 */
final class StretchedSearch {

    private static final int FIRST_CAPACITY = 64;
    /** What scoring a pair costs, in comparisons of codes. */
    private static final int SCORE_COST = 32;

    /** What one stretch has found. Thread: that of the stretch, then the calling one. */
    private static final class Found implements Search.Sink {
        private int[] queries = new int[FIRST_CAPACITY];
        private int[] slots = new int[FIRST_CAPACITY];
        private float[] cosines = new float[FIRST_CAPACITY];
        private int count;
        private long survivors;

        @Override
        public void hit(int query, int slot, float cosine) {
            if (count == queries.length) {
                queries = Arrays.copyOf(queries, 2 * count);
                slots = Arrays.copyOf(slots, 2 * count);
                cosines = Arrays.copyOf(cosines, 2 * count);
            }
            queries[count] = query;
            slots[count] = slot;
            cosines[count++] = cosine;
        }

        void tell(Search.Sink sink) {
            for (int i = 0; i < count; i++) {
                sink.hit(queries[i], slots[i], cosines[i]);
            }
        }
    }

    private StretchedSearch() {}

    /**
     * @param onlyRow −1 for all
     * @param byCodes whether the codes pick what is scored
     * @return pairs that the codes let through; 0 where everything is scored
     */
    static long run(Slots slots, PreparedProbes probes, int onlyRow, boolean byCodes, ScanThreads threads,
            Search.Sink sink) {
        if (!byCodes) {
            probes.pack();
        }
        long pairs = (long) slots.count() * (onlyRow < 0 ? probes.size() : 1);
        int blocks = slots.blockCount();
        int parts = Math.min(blocks, threads.parts(byCodes ? pairs : SCORE_COST * pairs));
        if (parts == 1) {
            return search(slots, probes, onlyRow, byCodes, 0, sink, 0, blocks);
        }
        probes.scratch(threads.threads() - 1);
        Found[] found = new Found[parts];
        threads.run(parts, (part, worker) -> {
            Found own = new Found();
            own.survivors = search(slots, probes, onlyRow, byCodes, worker, own, blocks * part / parts,
                    blocks * (part + 1) / parts);
            found[part] = own;
        });
        long survivors = 0;
        for (Found each : found) {
            each.tell(sink);
            survivors += each.survivors;
        }
        return survivors;
    }

    private static long search(Slots slots, PreparedProbes probes, int onlyRow, boolean byCodes, int worker,
            Search.Sink sink, int fromBlock, int toBlock) {
        Search search = new Search(slots, probes, probes.scratch(worker), onlyRow, sink);
        if (byCodes) {
            search.byCodes(fromBlock, toBlock);
        } else {
            search.byScores(fromBlock, toBlock);
        }
        return search.survivors();
    }
}
