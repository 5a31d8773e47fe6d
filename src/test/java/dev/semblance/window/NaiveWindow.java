package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The contract of {@link VectorWindow} in the plainest way, without the limit of bytes: what the real ones are tested against. */
public final class NaiveWindow implements VectorWindow {

    private final Map<String, WindowEntry> entries = new LinkedHashMap<>();

    @Override
    public void insert(WindowEntry entry) {
        entries.remove(entry.id());
        entries.put(entry.id(), entry);
    }

    @Override
    public boolean remove(String id) {
        return entries.remove(id) != null;
    }

    @Override
    public Original get(String id) {
        WindowEntry e = entries.get(id);
        return e == null ? null : e.original();
    }

    @Override
    public void refresh(String id, long lastSeenMs) {
        entries.computeIfPresent(id,
                (k, e) -> e.lastSeenMs() >= lastSeenMs ? e : e.original().with(e.vector(), lastSeenMs));
    }

    @Override
    public List<Original> exact(TextHash hash, ModelIdentity model) {
        return entries.values().stream().filter(e -> e.model().comparableWith(model) && e.textHash().equals(hash))
                .map(WindowEntry::original).toList();
    }

    @Override
    public void search(List<float[]> queries, ModelIdentity model, float threshold, HitSink sink) {
        for (WindowEntry e : List.copyOf(entries.values())) {
            for (int q = 0; q < queries.size() && e.model().comparableWith(model); q++) {
                float cosine = VectorKernels.cosine(queries.get(q), e.vector());
                if (cosine >= threshold) {
                    sink.hit(q, e.original(), cosine);
                }
            }
        }
    }

    @Override
    public void expireBefore(long minTimeMs, Consumer<String> expired) {
        List<WindowEntry> old = new ArrayList<>(
                entries.values().stream().filter(e -> e.lastSeenMs() < minTimeMs).toList());
        old.sort(Comparator.comparingLong(WindowEntry::lastSeenMs).thenComparingLong(WindowEntry::eventTimeMs)
                .thenComparing(WindowEntry::id));
        for (WindowEntry e : old) {
            entries.remove(e.id());
            expired.accept(e.id());
        }
    }

    @Override
    public float cosine(String id, float[] query) {
        WindowEntry e = entries.get(id);
        return e == null ? Float.NaN : VectorKernels.cosine(e.vector(), query);
    }

    @Override
    public long size() {
        return entries.size();
    }

    @Override
    public long sizeBytes() {
        return 0;
    }
}
