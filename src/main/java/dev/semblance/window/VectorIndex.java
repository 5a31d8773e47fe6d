package dev.semblance.window;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.window.ModelVectors.Item;
import dev.semblance.window.NearestQuery.Neighbour;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * All entries of one window: by id, by last-seen time, and by model for the scans. It knows nothing of changelogs,
 * limits and meters.
 *
 * <p>Thread: every method is safe everywhere; readers run side by side and see the index between two writes.
 */
final class VectorIndex {

    /** Objects and references an entry takes beside its vector and its characters; measured on a 64-bit JVM, rounded up. */
    private static final long ENTRY_BYTES = 360;

    private static final Comparator<Item> LONGEST_AGO_FIRST = Comparator
            .comparingLong((Item i) -> i.original.lastSeenMs()).thenComparingLong(i -> i.original.eventTimeMs())
            .thenComparing(i -> i.original.id());

    /** The farthest first, so that it is the one to give way. */
    private static final Comparator<Neighbour> FARTHEST_FIRST = Comparator.comparingDouble(Neighbour::cosine)
            .thenComparing(Comparator.comparingLong((Neighbour n) -> n.original().eventTimeMs())
                    .thenComparing(n -> n.original().id()).reversed());

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** All guarded by {@link #lock}. */
    private final Map<String, Item> byId = new HashMap<>();
    private final TreeSet<Item> byLastSeen = new TreeSet<>(LONGEST_AGO_FIRST);
    private final Map<ModelVectors.Key, ModelVectors> byModel = new HashMap<>();
    private long entryBytes;

    void insert(WindowEntry entry) {
        if (entry.vector().length != entry.model().dimension()) {
            throw new IllegalArgumentException(
                    "entry " + entry.id() + " has a vector of " + entry.vector().length + " components; its model "
                            + entry.model().id() + " makes vectors of " + entry.model().dimension());
        }
        writing(() -> {
            ModelVectors home = byModel.computeIfAbsent(ModelVectors.Key.of(entry.model()),
                    key -> new ModelVectors(entry.model()));
            Item previous = byId.get(entry.id());
            // Added before the previous one goes: a vector that is refused must not cost the entry it replaces.
            Item item = home.add(entry.original(), entry.vector());
            if (previous != null) {
                forget(previous);
            }
            byId.put(entry.id(), item);
            byLastSeen.add(item);
            entryBytes += bytesOf(item.original);
        });
    }

    void remove(String id) {
        writing(() -> {
            Item item = byId.get(id);
            if (item != null) {
                forget(item);
                byId.remove(id);
            }
        });
    }

    void clear() {
        writing(() -> {
            byId.clear();
            byLastSeen.clear();
            byModel.clear();
            entryBytes = 0;
        });
    }

    /** Takes an entry out of everything but {@link #byId}. */
    private void forget(Item item) {
        byLastSeen.remove(item);
        entryBytes -= bytesOf(item.original);
        item.home.remove(item);
        if (item.home.isEmpty()) {
            byModel.values().remove(item.home);
        }
    }

    Original get(String id) {
        lock.readLock().lock();
        try {
            Item item = byId.get(id);
            return item == null ? null : item.original;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The entry with its vector (as normalised on insert) and another last-seen time; null where there is none. */
    WindowEntry entry(String id, long lastSeenMs) {
        lock.readLock().lock();
        try {
            Item item = byId.get(id);
            return item == null ? null : item.original.with(item.home.vector(item), lastSeenMs);
        } finally {
            lock.readLock().unlock();
        }
    }

    WindowEntry entry(String id) {
        lock.readLock().lock();
        try {
            Item item = byId.get(id);
            return item == null ? null : entry(id, item.original.lastSeenMs());
        } finally {
            lock.readLock().unlock();
        }
    }

    List<String> ids() {
        lock.readLock().lock();
        try {
            return new ArrayList<>(byId.keySet());
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The entry last seen the longest ago, or null. */
    Original oldest() {
        lock.readLock().lock();
        try {
            return byLastSeen.isEmpty() ? null : byLastSeen.first().original;
        } finally {
            lock.readLock().unlock();
        }
    }

    List<Original> exact(TextHash hash, ModelIdentity model) {
        lock.readLock().lock();
        try {
            ModelVectors vectors = byModel.get(ModelVectors.Key.of(model));
            return vectors == null ? List.of() : vectors.exact(hash);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** @see VectorWindow#search */
    void search(List<float[]> queries, ModelIdentity model, float threshold, VectorWindow.HitSink sink) {
        lock.readLock().lock();
        try {
            ModelVectors vectors = byModel.get(ModelVectors.Key.of(model));
            if (vectors != null && !queries.isEmpty()) {
                vectors.search(queries, threshold, sink);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    List<Neighbour> nearest(NearestQuery query) {
        PriorityQueue<Neighbour> kept = new PriorityQueue<>(FARTHEST_FIRST);
        search(List.of(query.vector()), query.model(), query.minCosine(), (q, original, cosine) -> {
            Neighbour found = new Neighbour(original, cosine);
            if (kept.size() < query.k()) {
                kept.add(found);
            } else if (FARTHEST_FIRST.compare(found, kept.peek()) > 0) {
                kept.poll();
                kept.add(found);
            }
        });
        return kept.stream().sorted(FARTHEST_FIRST.reversed()).toList();
    }

    float cosine(String id, float[] query) {
        lock.readLock().lock();
        try {
            Item item = byId.get(id);
            return item == null ? Float.NaN : item.home.cosine(item, query);
        } finally {
            lock.readLock().unlock();
        }
    }

    long size() {
        lock.readLock().lock();
        try {
            return byId.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    long sizeBytes() {
        lock.readLock().lock();
        try {
            long bytes = entryBytes;
            for (ModelVectors vectors : byModel.values()) {
                bytes += vectors.vectorBytes();
            }
            return bytes;
        } finally {
            lock.readLock().unlock();
        }
    }

    private static long bytesOf(Original o) {
        return ENTRY_BYTES + 2L * o.id().length() + (o.text() == null ? 0 : 56 + 2L * o.text().length());
    }

    private void writing(Runnable change) {
        Lock write = lock.writeLock();
        write.lock();
        try {
            change.run();
        } finally {
            write.unlock();
        }
    }
}
