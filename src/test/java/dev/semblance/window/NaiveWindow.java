package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.vector.FixedPoint;
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

    private record Vectors(List<float[]> vectors, ModelIdentity model, float threshold) implements Probes {
        @Override
        public int size() {
            return vectors.size();
        }

        @Override
        public float match(int stored, int query) {
            return matched(vectors.get(query), vectors.get(stored), threshold);
        }
    }

    private static float matched(float[] query, float[] stored, float threshold) {
        float cosine = FixedPoint.cosine(query, stored);
        return cosine >= threshold ? cosine : Float.NaN;
    }

    @Override
    public Probes prepare(List<float[]> vectors, ModelIdentity model, float threshold) {
        return new Vectors(List.copyOf(vectors), model, threshold);
    }

    @Override
    public void search(Probes probes, HitSink sink) {
        for (int q = 0; q < probes.size(); q++) {
            int query = q;
            search(probes, q, (zero, original, cosine) -> sink.hit(query, original, cosine));
        }
    }

    @Override
    public void search(Probes probes, int row, HitSink sink) {
        for (WindowEntry e : List.copyOf(entries.values())) {
            float cosine = e.model().comparableWith(((Vectors) probes).model())
                    ? match(e.id(), probes, row)
                    : Float.NaN;
            if (!Float.isNaN(cosine)) {
                sink.hit(0, e.original(), cosine);
            }
        }
    }

    @Override
    public float match(String id, Probes probes, int row) {
        Vectors p = (Vectors) probes;
        return matched(p.vectors.get(row), entries.get(id).vector(), p.threshold);
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
        return e == null ? Float.NaN : FixedPoint.cosine(query, e.vector());
    }

    @Override
    public double survivalRate() {
        return 0;
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
