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
final class IndexWindow implements VectorWindow {

    /** Where changes go. */
    interface Writes {
        void put(WindowEntry entry);

        void delete(String id);
    }

    private final VectorIndex index;
    private final Writes writes;
    private final long maxBytes;
    private final WindowMeters meters;

    IndexWindow(VectorIndex index, Writes writes, long maxBytes, WindowMeters meters) {
        this.index = index;
        this.writes = writes;
        this.maxBytes = maxBytes;
        this.meters = meters;
    }

    @Override
    public void insert(WindowEntry entry) {
        writes.put(entry);
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
    public void search(List<float[]> queries, ModelIdentity model, float threshold, HitSink sink) {
        meters.scan(queries.size(), () -> index.search(queries, model, threshold, sink));
    }

    @Override
    public void expireBefore(long minTimeMs, Consumer<String> expired) {
        Original oldest = index.oldest();
        while (oldest != null && oldest.lastSeenMs() < minTimeMs) {
            writes.delete(oldest.id());
            expired.accept(oldest.id());
            oldest = index.oldest();
        }
        while (oldest != null && index.sizeBytes() > maxBytes) {
            writes.delete(oldest.id());
            meters.cut(maxBytes);
            expired.accept(oldest.id());
            oldest = index.oldest();
        }
    }

    @Override
    public float cosine(String id, float[] query) {
        return index.cosine(id, query);
    }

    @Override
    public long size() {
        return index.size();
    }

    @Override
    public long sizeBytes() {
        return index.sizeBytes();
    }
}
