package dev.semblance.bench;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.ModelMean;
import dev.semblance.record.TextHash;
import dev.semblance.vector.FixedPoint;
import dev.semblance.vector.PackedQueries;
import dev.semblance.vector.SearchPlan;
import dev.semblance.vector.VectorBlocks;
import dev.semblance.window.OwnWindow;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.WindowEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The window alone on one core, or more: each event is searched for, inserted, and expires. Then what it finds of the next batches
 * against brute force, the memory it takes, the machine's limits, a flat scan and other libraries.
 *
 * <p>Thread: one.
 */
public final class WindowBench {

    static final int BATCH = 64;
    /** Hundreds of pairs: one batch has a handful. */
    static final int RECALL_BATCHES = 32;
    private static final int COLLECTIONS_MAX = 10;
    private static final int CHUNK = 2_048;
    /** Of a cosine in fp32, at most. */
    private static final double SCAN_ERROR = 1e-5;
    private static final String MODEL = "bench";
    private static final long LIMIT_NS = 300_000_000;
    private static final int FIRST_ID_DIGITS = 1_700_000_000;

    /**
     * @param live      vectors in the window while it is measured
     * @param seconds   of CPU of each round, after half as many that are not counted
     * @param rounds    of each; ours and the peers' in turns
     * @param common    mean cosine that unlike vectors are given: each window is measured as they are, and with their mean
     *                  taken out; 0 for vectors as the model makes them
     * @param peers     libraries to compare with, at {@code peerLive} vectors and ours again there; empty for none
     */
    public record Plan(Config.Detect rules, List<Integer> live, List<Integer> dimensions, double seconds, int rounds,
            long seed, double common, List<WindowPeer> peers, int peerLive) {}

    private final Plan plan;
    private final List<float[]> real;
    private final Consumer<String> progress;

    /** @param real unit vectors of one dimension */
    public WindowBench(Plan plan, List<float[]> real, Consumer<String> progress) {
        this.plan = plan;
        this.real = real;
        this.progress = progress;
    }

    public WindowReport run() throws Exception {
        List<WindowReport.Figures> figures = new ArrayList<>();
        for (int dimension : plan.dimensions) {
            BenchVectors vectors = new BenchVectors(real, dimension, plan.seed, plan.common);
            for (int live : plan.live) {
                figures.add(ours(plan.rules, vectors, live, List.of()));
                if (plan.common > 0) {
                    figures.add(ours(plan.rules.withMean(mean(vectors)), vectors, live, List.of()));
                }
            }
        }
        List<WindowReport.PeerFigures> peers = new ArrayList<>();
        if (!plan.peers.isEmpty()) {
            List<PeerRun> runs = new ArrayList<>();
            try {
                BenchVectors vectors = new BenchVectors(real, plan.dimensions.getFirst(), plan.seed, plan.common);
                for (WindowPeer peer : plan.peers) {
                    progress.accept(peer.name() + ": " + plan.peerLive + " live vectors");
                    runs.add(PeerRun.open(peer, vectors, plan));
                }
                figures.add(ours(plan.rules, vectors, plan.peerLive, runs));
                for (PeerRun run : runs) {
                    peers.add(run.figures());
                }
            } finally {
                for (PeerRun run : runs) {
                    run.close();
                }
            }
        }
        return new WindowReport(plan.rules.threshold(), plan.rounds, plan.rules.scanThreads(), figures, peers);
    }

    private static ModelMean mean(BenchVectors vectors) {
        List<Float> mean = new ArrayList<>();
        for (float x : vectors.common()) {
            mean.add(x);
        }
        return new ModelMean(MODEL, mean);
    }

    /** @param beside take turns with ours, round by round */
    private WindowReport.Figures ours(Config.Detect rules, BenchVectors vectors, int live, List<PeerRun> beside)
            throws Exception {
        int dimension = vectors.dimension();
        long needed = (long) live * (2L * dimension + 140);
        long free = Machine.availableBytes();
        if (needed > 0.8 * free) {
            progress.accept(String.format("%,d live vectors of %d dimensions need %,d bytes off the heap; %,d are "
                    + "free: skipped", live, dimension, needed, free));
            return WindowReport.Figures.skipped(live, dimension, needed, free);
        }
        progress.accept(live + " live vectors of " + dimension + " dimensions");
        SearchPlan search = plan(rules, dimension);
        ModelIdentity model = new ModelIdentity(MODEL, "r1", dimension, "mean", true, 256, "fp32");
        long heapBefore = heapBytes();
        try (OwnWindow window = VectorWindows.inMemory(rules, new SimpleMeterRegistry())) {
            Stream stream = new Stream(window, vectors, model, live);
            long filling = System.nanoTime();
            stream.fill();
            progress.accept(String.format(Locale.ROOT, "filled in %.0f s", (System.nanoTime() - filling) / 1e9));
            stream.measure(plan.seconds / 2);
            double heap = (heapBytes() - heapBefore) / (double) live;
            for (PeerRun run : beside) {
                run.measure(plan.seconds / 2);
            }
            List<Double> rates = new ArrayList<>();
            long events = 0;
            long before = stream.allocated;
            for (int round = 0; round < plan.rounds; round++) {
                rates.add(stream.measure(plan.seconds));
                events += stream.events;
                for (PeerRun run : beside) {
                    run.round(plan.seconds);
                }
            }
            double allocated = (stream.allocated - before) / (double) Math.max(1, events);
            // Only now: the compiler has seen the scan by now, which the limit is measured with.
            WindowLimits limits = WindowLimits.measure(search.words(), LIMIT_NS);
            Truth truth = stream.recall();
            return new WindowReport.Figures(live, dimension, search.describe(), search.words(), new Spread(rates),
                    truth.found, truth.pairs, truth.flatEventsPerSecond, window.sizeBytes() / (double) live, heap,
                    allocated, limits, window.survivalRate(), null);
        }
    }

    private static SearchPlan plan(Config.Detect rules, int dimension) {
        if (rules.exact()) {
            return SearchPlan.everything(dimension, rules.threshold());
        }
        return rules.mean() == null
                ? SearchPlan.of(dimension, rules.threshold(), rules.missProbability())
                : SearchPlan.centred(dimension, rules.threshold(), rules.missProbability(), rules.mean().vector());
    }

    /** After as many collections as still find something, since one makes work for the next. */
    static long heapBytes() {
        long before = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS_MAX; i++) {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (used > 0.999 * before) {
                return used;
            }
            before = used;
        }
        return before;
    }

    static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /**
     * A pair that may reach the threshold.
     *
     * @param live number of the live vector
     */
    private record Near(int query, int live) {}

    private record Truth(int found, int pairs, double flatEventsPerSecond) {}

    /** Events through one window; vectors are made outside of what is measured. */
    private final class Stream {
        private final VectorWindow window;
        private final BenchVectors vectors;
        private final ModelIdentity model;
        private final int live;
        private int next;
        private long events;
        private long allocated;
        private long hits;

        Stream(VectorWindow window, BenchVectors vectors, ModelIdentity model, int live) {
            this.window = window;
            this.vectors = vectors;
            this.model = model;
            this.live = live;
        }

        void fill() {
            while (next < live) {
                List<float[]> batch = batch(next).subList(0, Math.min(BATCH, live - next));
                // Codes are made of eight vectors at a time; inserts take them over.
                window.prepare(batch, model, (float) plan.rules.threshold());
                for (float[] v : batch) {
                    window.insert(entry(next++, v));
                }
            }
        }

        /** Ids of 19 digits, as posts have; no texts. */
        private WindowEntry entry(int n, float[] v) {
            return new WindowEntry((FIRST_ID_DIGITS + (long) n) + "000000007", n, n, model, v,
                    new TextHash(n * 0x9e3779b97f4a7c15L, n), n % 3, null);
        }

        /** @return events a second of CPU, or of the clock where several threads scan */
        double measure(double seconds) {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long spentNs = 0;
            events = 0;
            while (spentNs < seconds * 1e9) {
                List<float[]> queries = batch(next);
                List<WindowEntry> entries = new ArrayList<>(BATCH);
                for (int i = 0; i < BATCH; i++) {
                    entries.add(entry(next + i, queries.get(i)));
                }
                long bytes = threads.getCurrentThreadAllocatedBytes();
                long t = nowNs();
                window.search(queries, model, (float) plan.rules.threshold(), (_, _, _) -> hits++);
                for (WindowEntry entry : entries) {
                    window.insert(entry);
                    window.expireBefore(++next - live, _ -> {});
                }
                spentNs += nowNs() - t;
                allocated += threads.getCurrentThreadAllocatedBytes() - bytes;
                events += BATCH;
            }
            return events * 1e9 / spentNs;
        }

        private long nowNs() {
            return plan.rules.scanThreads() > 1 ? System.nanoTime() : cpuNs();
        }

        private List<float[]> batch(int from) {
            List<float[]> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(vectors.get(from + i));
            }
            return batch;
        }

        /**
         * The next batches, held against brute force over the live vectors. The flat scan of them in fp32 is timed; what
         * it finds down to the error of 16-bit numbers below the threshold is then counted by the cosine that the window
         * promises: that with a vector as it is held.
         */
        Truth recall() {
            float threshold = (float) plan.rules.threshold();
            float least = (float) (threshold - FixedPoint.maxError(vectors.dimension()) - SCAN_ERROR);
            Set<String> found = new HashSet<>();
            List<List<float[]>> batches = new ArrayList<>();
            List<PackedQueries> packed = new ArrayList<>();
            for (int b = 0; b < RECALL_BATCHES; b++) {
                List<float[]> queries = batch(next + b * BATCH);
                int first = b * BATCH;
                window.search(queries, model, threshold,
                        (q, original, _) -> found.add(first + q + " " + original.id()));
                batches.add(queries);
                packed.add(PackedQueries.of(queries, vectors.dimension()));
            }
            int pairs = 0;
            int both = 0;
            long cpu = 0;
            for (int from = next - live; from < next; from += CHUNK) {
                VectorBlocks chunk = new VectorBlocks(vectors.dimension());
                for (int n = from; n < Math.min(next, from + CHUNK); n++) {
                    chunk.add(vectors.get(n));
                }
                List<Near> near = new ArrayList<>();
                int first = from;
                long t = cpuNs();
                for (int b = 0; b < RECALL_BATCHES; b++) {
                    int query = b * BATCH;
                    chunk.scan(packed.get(b), least, (q, slot, _) -> near.add(new Near(query + q, first + slot)));
                }
                cpu += cpuNs() - t;
                for (Near n : near) {
                    float[] query = batches.get(n.query / BATCH).get(n.query % BATCH);
                    if (FixedPoint.cosine(query, vectors.get(n.live)) >= threshold) {
                        pairs++;
                        both += found.contains(n.query + " " + entryId(n.live)) ? 1 : 0;
                    }
                }
            }
            return new Truth(both, pairs, (double) RECALL_BATCHES * BATCH * 1e9 / cpu);
        }

        private String entryId(int n) {
            return (FIRST_ID_DIGITS + (long) n) + "000000007";
        }
    }
}
