package dev.semblance.bench;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.vector.PackedQueries;
import dev.semblance.vector.SearchPlan;
import dev.semblance.vector.VectorBlocks;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.WindowEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The window alone on one core: each event is searched for, inserted, and expires. Then what it finds of the next batches
 * against brute force in fp32, the memory it takes, the machine's limits, a flat scan and other libraries.
 *
 * <p>Thread: one.
 */
public final class WindowBench {

    static final int BATCH = 64;
    /** Hundreds of pairs: one batch has a handful. */
    static final int RECALL_BATCHES = 32;
    private static final int COLLECTIONS_MAX = 10;
    private static final int CHUNK = 2_048;
    private static final long LIMIT_NS = 300_000_000;
    private static final int FIRST_ID_DIGITS = 1_700_000_000;

    /**
     * @param live      vectors in the window while it is measured
     * @param seconds   of CPU of each round, after half as many that are not counted
     * @param rounds    of each; ours and the peers' in turns
     * @param peers     libraries to compare with, at {@code peerLive} vectors and ours again there; empty for none
     */
    public record Plan(Config.Detect rules, List<Integer> live, List<Integer> dimensions, double seconds, int rounds,
            long seed, List<WindowPeer> peers, int peerLive) {}

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
            BenchVectors vectors = new BenchVectors(real, dimension, plan.seed);
            for (int live : plan.live) {
                figures.add(ours(vectors, live, List.of()));
            }
        }
        List<WindowReport.PeerFigures> peers = new ArrayList<>();
        if (!plan.peers.isEmpty()) {
            List<PeerRun> runs = new ArrayList<>();
            try {
                BenchVectors vectors = new BenchVectors(real, plan.dimensions.getFirst(), plan.seed);
                for (WindowPeer peer : plan.peers) {
                    progress.accept(peer.name() + ": " + plan.peerLive + " live vectors");
                    runs.add(PeerRun.open(peer, vectors, plan));
                }
                figures.add(ours(vectors, plan.peerLive, runs));
                for (PeerRun run : runs) {
                    peers.add(run.figures());
                }
            } finally {
                for (PeerRun run : runs) {
                    run.close();
                }
            }
        }
        return new WindowReport(plan.rules.threshold(), plan.rounds, figures, peers);
    }

    /** @param beside take turns with ours, round by round */
    private WindowReport.Figures ours(BenchVectors vectors, int live, List<PeerRun> beside) throws Exception {
        int dimension = vectors.dimension();
        long needed = (long) live * (2L * dimension + 140);
        long free = Machine.availableBytes();
        if (needed > 0.8 * free) {
            progress.accept(String.format("%,d live vectors of %d dimensions need %,d bytes off the heap; %,d are "
                    + "free: skipped", live, dimension, needed, free));
            return WindowReport.Figures.skipped(live, dimension, needed, free);
        }
        progress.accept(live + " live vectors of " + dimension + " dimensions");
        SearchPlan search = plan.rules.exact()
                ? SearchPlan.everything(dimension, plan.rules.threshold())
                : SearchPlan.of(dimension, plan.rules.threshold(), plan.rules.missProbability());
        ModelIdentity model = new ModelIdentity("bench", "r1", dimension, "mean", true, 256, "fp32");
        long heapBefore = heapBytes();
        VectorWindow window = VectorWindows.inMemory(plan.rules, new SimpleMeterRegistry());
        try (Stream stream = new Stream(window, vectors, model, live)) {
            stream.fill();
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
                    allocated, limits, null);
        }
    }

    /** After as many collections as still find something, since one makes work for the next. */
    private static long heapBytes() {
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

    private record Truth(int found, int pairs, double flatEventsPerSecond) {}

    /** Events through one window; vectors are made outside of what is measured. */
    private final class Stream implements AutoCloseable {
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
                window.insert(entry(next, vectors.get(next)));
                next++;
            }
        }

        /** Ids of 19 digits, as posts have; no texts. */
        private WindowEntry entry(int n, float[] v) {
            return new WindowEntry((FIRST_ID_DIGITS + (long) n) + "000000007", n, n, model, v,
                    new TextHash(n * 0x9e3779b97f4a7c15L, n), n % 3, null);
        }

        /** @return events a second of CPU */
        double measure(double seconds) {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long cpu = 0;
            events = 0;
            while (cpu < seconds * 1e9) {
                List<float[]> queries = batch(next);
                List<WindowEntry> entries = new ArrayList<>(BATCH);
                for (int i = 0; i < BATCH; i++) {
                    entries.add(entry(next + i, queries.get(i)));
                }
                long bytes = threads.getCurrentThreadAllocatedBytes();
                long t = cpuNs();
                window.search(queries, model, (float) plan.rules.threshold(), (_, _, _) -> hits++);
                for (WindowEntry entry : entries) {
                    window.insert(entry);
                    window.expireBefore(++next - live, _ -> {});
                }
                cpu += cpuNs() - t;
                allocated += threads.getCurrentThreadAllocatedBytes() - bytes;
                events += BATCH;
            }
            return events * 1e9 / cpu;
        }

        private List<float[]> batch(int from) {
            List<float[]> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(vectors.get(from + i));
            }
            return batch;
        }

        /** The next batches, held against brute force over the live vectors in fp32, which is timed: the flat scan. */
        Truth recall() {
            float threshold = (float) plan.rules.threshold();
            Set<String> found = new HashSet<>();
            List<PackedQueries> packed = new ArrayList<>();
            for (int b = 0; b < RECALL_BATCHES; b++) {
                List<float[]> queries = batch(next + b * BATCH);
                int first = b * BATCH;
                window.search(queries, model, threshold,
                        (q, original, _) -> found.add(first + q + " " + original.id()));
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
                List<String> near = new ArrayList<>();
                int first = from;
                long t = cpuNs();
                for (int b = 0; b < RECALL_BATCHES; b++) {
                    int query = b * BATCH;
                    chunk.scan(packed.get(b), threshold,
                            (q, slot, _) -> near.add(query + q + " " + entryId(first + slot)));
                }
                cpu += cpuNs() - t;
                pairs += near.size();
                both += (int) near.stream().filter(found::contains).count();
            }
            return new Truth(both, pairs, (double) RECALL_BATCHES * BATCH * 1e9 / cpu);
        }

        private String entryId(int n) {
            return (FIRST_ID_DIGITS + (long) n) + "000000007";
        }

        @Override
        public void close() {
            window.expireBefore(Long.MAX_VALUE, _ -> {});
        }
    }
}
