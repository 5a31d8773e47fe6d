package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import java.util.List;
import java.util.function.Consumer;

/**
 * The window over a {@link VectorIndex}: reads go to the index, writes through {@link Writes}, which reach the index in
 * their own way (at once, or by way of a changelogged store) before they return.
 *
 * <p>Thread: the owner's.
 */
final class IndexWindow implements OwnWindow {

    /** Where changes go. */
    interface Writes {
        void put(WindowEntry entry);

        void delete(String id);

        /** Gives back what belongs to nobody else; a store is closed by Kafka Streams. */
        default void close() {}
    }

    private static final int ALL = -1;

    /** @param model the window that the probes are meant for */
    private record Prepared(ModelIdentity model, PreparedProbes probes) implements Probes {
        @Override
        public int size() {
            return probes.size();
        }

        @Override
        public float match(int stored, int query) {
            return probes.match(stored, query);
        }
    }

    private final VectorIndex index;
    private final Writes writes;
    private final long maxBytes;
    private final WindowMeters meters;
    private final Forecast forecast;
    /** Of the entries inserted since the start. */
    private long newestMs = Long.MIN_VALUE;

    IndexWindow(VectorIndex index, Writes writes, long maxBytes, WindowMeters meters) {
        this.index = index;
        this.writes = writes;
        this.maxBytes = maxBytes;
        this.meters = meters;
        this.forecast = new Forecast(maxBytes);
    }

    @Override
    public void insert(WindowEntry entry) {
        writes.put(entry);
        newestMs = Math.max(newestMs, entry.lastSeenMs());
    }

    @Override
    public boolean remove(String id) {
        if (index.get(id) == null) {
            return false;
        }
        writes.delete(id);
        return true;
    }

    @Override
    public Original get(String id) {
        return index.get(id);
    }

    @Override
    public void refresh(String id, long lastSeenMs) {
        Original original = index.get(id);
        if (original != null && original.lastSeenMs() < lastSeenMs) {
            writes.put(index.entry(id, lastSeenMs));
        }
    }

    @Override
    public List<Original> exact(TextHash hash, ModelIdentity model) {
        return index.exact(hash, model);
    }

    @Override
    public Probes prepare(List<float[]> vectors, ModelIdentity model, float threshold) {
        return new Prepared(model, index.prepare(vectors, model, threshold));
    }

    @Override
    public void search(Probes probes, HitSink sink) {
        Prepared prepared = (Prepared) probes;
        meters.scan(probes.size(), () -> index.search(prepared.probes, prepared.model, ALL, sink));
        meters.survivalRate(index.survivalRate());
    }

    @Override
    public void search(Probes probes, int row, HitSink sink) {
        Prepared prepared = (Prepared) probes;
        meters.scan(1, () -> index.search(prepared.probes, prepared.model, row, sink));
    }

    @Override
    public float match(String id, Probes probes, int row) {
        return index.match(id, ((Prepared) probes).probes, row);
    }

    @Override
    public void expireBefore(long minTimeMs, Consumer<String> expired) {
        for (String id = index.oldestBefore(minTimeMs); id != null; id = index.oldestBefore(minTimeMs)) {
            writes.delete(id);
            expired.accept(id);
        }
        if (newestMs > minTimeMs && forecast.isDue(index.sizeBytes())) {
            forecast.warning(index.size(), index.sizeBytes(), newestMs - index.earliestMs(), newestMs - minTimeMs)
                    .ifPresent(meters::willBeCut);
        }
        while (index.sizeBytes() > maxBytes) {
            String id = index.oldestBefore(Long.MAX_VALUE);
            long earlyMs = index.get(id).lastSeenMs() - minTimeMs;
            writes.delete(id);
            meters.cut(maxBytes, index.size(), earlyMs);
            expired.accept(id);
        }
    }

    @Override
    public float cosine(String id, float[] query) {
        return index.cosine(id, query);
    }

    @Override
    public double survivalRate() {
        return index.survivalRate();
    }

    @Override
    public long size() {
        return index.size();
    }

    @Override
    public long sizeBytes() {
        return index.sizeBytes();
    }

    @Override
    public void close() {
        writes.close();
    }
}
