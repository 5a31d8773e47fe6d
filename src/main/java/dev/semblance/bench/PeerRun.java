package dev.semblance.bench;

import dev.semblance.vector.PackedQueries;
import dev.semblance.vector.VectorBlocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The same events through another library's index, which is open meanwhile. Thread: one. */
final class PeerRun implements AutoCloseable {

    private static final int BATCH = WindowBench.BATCH;

    private final WindowPeer peer;
    private final WindowPeer.Index index;
    private final BenchVectors vectors;
    private final WindowBench.Plan plan;
    private final Deque<float[]> live = new ArrayDeque<>();
    private final List<Double> rates = new ArrayList<>();
    private int next;

    private PeerRun(WindowPeer peer, WindowPeer.Index index, BenchVectors vectors, WindowBench.Plan plan) {
        this.peer = peer;
        this.index = index;
        this.vectors = vectors;
        this.plan = plan;
    }

    /** With as many vectors as are to be live. */
    static PeerRun open(WindowPeer peer, BenchVectors vectors, WindowBench.Plan plan) throws Exception {
        PeerRun run = new PeerRun(peer, peer.open(vectors.dimension()), vectors, plan);
        try {
            run.fill();
            return run;
        } catch (Exception | Error e) {
            run.close();
            throw e;
        }
    }

    private void fill() throws Exception {
        while (next < plan.peerLive()) {
            float[] v = vectors.get(next);
            index.insert(next++, v);
            live.add(v);
        }
    }

    void round(double seconds) throws Exception {
        rates.add(measure(seconds));
    }

    /** @return events a second of CPU */
    double measure(double seconds) throws Exception {
        float threshold = (float) plan.rules().threshold();
        long cpu = 0;
        long events = 0;
        while (cpu < seconds * 1e9) {
            List<float[]> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(vectors.get(next + i));
            }
            long t = WindowBench.cpuNs();
            index.refresh();
            for (float[] query : batch) {
                index.search(query, threshold, _ -> {});
            }
            for (float[] v : batch) {
                index.insert(next, v);
                index.remove(next - plan.peerLive());
                next++;
            }
            cpu += WindowBench.cpuNs() - t;
            events += BATCH;
            live.addAll(batch);
            batch.forEach(_ -> live.remove());
        }
        return events * 1e9 / cpu;
    }

    /** After the rounds: their rates, and what is found of the next batches. */
    WindowReport.PeerFigures figures() throws Exception {
        float threshold = (float) plan.rules().threshold();
        index.refresh();
        int queries = WindowBench.RECALL_BATCHES * BATCH;
        List<float[]> all = new ArrayList<>();
        List<Set<Integer>> hits = new ArrayList<>();
        for (int i = 0; i < queries; i++) {
            Set<Integer> found = new HashSet<>();
            all.add(vectors.get(next + i));
            index.search(all.getLast(), threshold, found::add);
            hits.add(found);
        }
        VectorBlocks blocks = new VectorBlocks(vectors.dimension());
        live.forEach(blocks::add);
        int[] pairs = {0};
        int[] found = {0};
        int first = next - plan.peerLive();
        blocks.scan(PackedQueries.of(all, vectors.dimension()), threshold, (query, slot, _) -> {
            pairs[0]++;
            found[0] += hits.get(query).contains(first + slot) ? 1 : 0;
        });
        return new WindowReport.PeerFigures(peer.name(), plan.peerLive(), vectors.dimension(), new Spread(rates),
                found[0],
                pairs[0]);
    }

    @Override
    public void close() throws Exception {
        index.close();
    }
}
