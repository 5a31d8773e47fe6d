package dev.semblance.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.ModelMean;
import dev.semblance.record.TextHash;
import dev.semblance.window.NearestQuery.Neighbour;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All entries of one window, by model. It knows nothing of changelogs, limits and meters.
 *
 * <p>Thread: every method is safe everywhere, but for {@link #prepare} and searches of its probes, which belong to the
 * owner; readers run side by side and see the index between two writes.
 */
final class VectorIndex {

    private static final Logger LOG = LoggerFactory.getLogger(VectorIndex.class);

    /** Models that are remembered without an entry: their probes and hyperplanes are worth keeping. */
    private static final int EMPTY_MODELS = 4;

    /** Models, each warned of once: records that lie must not fill the memory. */
    private static final int MODELS_WARNED = 64;

    /** The farthest first, so that it is the one to give way. */
    private static final Comparator<Neighbour> FARTHEST_FIRST = Comparator.comparingDouble(Neighbour::cosine)
            .thenComparing(Comparator.comparingLong((Neighbour n) -> n.original().eventTimeMs())
                    .thenComparing(n -> n.original().id()).reversed());

    private final Config.Detect config;
    /** Of the owner's searches. */
    private final ScanThreads threads;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** Guarded by {@link #lock}, as everything in it. The order is that of their first use. */
    private final Map<ModelVectors.Key, ModelVectors> byModel = new LinkedHashMap<>();
    /** Models, with their dimensions, whose vectors are not of the mean's model. Guarded by {@link #lock}. */
    private final Set<String> warned = new HashSet<>();
    /** No entry was last seen before it. Guarded by {@link #lock}. */
    private long notBeforeMs = Long.MAX_VALUE;

    /** @param config its threshold is the cosine that searches usually ask for: those at or above it go by sign codes */
    VectorIndex(Config.Detect config) {
        this(config, ScanThreads.NONE);
    }

    /** @param threads that the owner's searches are spread over; closed by {@link #clear} */
    VectorIndex(Config.Detect config, ScanThreads threads) {
        this.config = config;
        this.threads = threads;
    }

    void insert(WindowEntry entry) {
        if (entry.vector().length != entry.model().dimension()) {
            throw new IllegalArgumentException(
                    "entry " + entry.id() + " has a vector of " + entry.vector().length + " components; its model "
                            + entry.model().id() + " makes vectors of " + entry.model().dimension());
        }
        byte[] id = entry.id().getBytes(UTF_8);
        writing(() -> {
            ModelVectors home = home(entry.model());
            // Checked before the previous one goes: a vector that is refused must not cost the entry it replaces.
            home.check(entry, id);
            removeFromAll(id);
            home.add(entry, id);
            notBeforeMs = Math.min(notBeforeMs, entry.lastSeenMs());
        });
    }

    private ModelVectors home(ModelIdentity model) {
        ModelVectors.Key key = ModelVectors.Key.of(model);
        ModelVectors home = byModel.get(key);
        if (home == null) {
            dropEmptyModels();
            Space space = Space.of(model, config);
            LOG.info("window of model {} revision {}: {}", model.id(), model.revision(), space.plan().describe());
            warnOfAnotherMean(model);
            home = new ModelVectors(model, space);
            byModel.put(key, home);
        }
        return home;
    }

    /** Without it, codes that were to be of centred vectors let too many pairs pass, and nobody knows why. */
    private void warnOfAnotherMean(ModelIdentity model) {
        ModelMean mean = config.mean();
        if (mean != null && !mean.isOf(model) && !config.exact() && warned.size() < MODELS_WARNED
                && warned.add(model.id() + " " + model.dimension())) {
            LOG.warn(
                    "detect.centre={} gives the mean of model {} ({} dimensions), but vectors of model {} ({} dimensions)"
                            + " have come: no mean is taken out of them, so more pairs may pass the sign codes; name the manifest"
                            + " of {} in detect.centre, or set detect.centre=none",
                    config.centre(), mean.modelId(),
                    mean.mean().size(), model.id(), model.dimension(), model.id());
        }
    }

    private void dropEmptyModels() {
        if (byModel.values().stream().filter(m -> m.count() == 0).count() >= EMPTY_MODELS) {
            byModel.values().removeIf(m -> m.count() == 0);
        }
    }

    void remove(String id) {
        byte[] bytes = id.getBytes(UTF_8);
        writing(() -> removeFromAll(bytes));
    }

    private void removeFromAll(byte[] id) {
        for (ModelVectors vectors : byModel.values()) {
            int slot = vectors.find(id);
            if (slot >= 0) {
                vectors.remove(slot);
                return;
            }
        }
    }

    /** Gives all memory back, and ends the threads of its searches. */
    void clear() {
        threads.close();
        writing(() -> {
            byModel.values().forEach(ModelVectors::close);
            byModel.clear();
            notBeforeMs = Long.MAX_VALUE;
        });
    }

    /** What is done with an entry that was found. */
    private interface Found<T> {
        T apply(ModelVectors vectors, int slot);
    }

    private <T> T find(String id, T otherwise, Found<T> found) {
        byte[] bytes = id.getBytes(UTF_8);
        lock.readLock().lock();
        try {
            for (ModelVectors vectors : byModel.values()) {
                int slot = vectors.find(bytes);
                if (slot >= 0) {
                    return found.apply(vectors, slot);
                }
            }
            return otherwise;
        } finally {
            lock.readLock().unlock();
        }
    }

    Original get(String id) {
        return find(id, null, ModelVectors::original);
    }

    /** The entry with its vector as it is held and another last-seen time; null where there is none. */
    WindowEntry entry(String id, long lastSeenMs) {
        return find(id, null, (vectors, slot) -> vectors.original(slot).with(vectors.vector(slot), lastSeenMs));
    }

    WindowEntry entry(String id) {
        return find(id, null,
                (vectors, slot) -> vectors.original(slot).with(vectors.vector(slot), vectors.lastSeenMs(slot)));
    }

    List<String> ids() {
        lock.readLock().lock();
        try {
            List<String> ids = new ArrayList<>();
            byModel.values().forEach(vectors -> vectors.forEachId(ids::add));
            return ids;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Earliest last-seen time of all; {@code Long.MAX_VALUE} where there is none. */
    long earliestMs() {
        lock.readLock().lock();
        try {
            return byModel.values().stream().mapToLong(ModelVectors::earliestMs).min().orElse(Long.MAX_VALUE);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The id of the entry last seen the longest ago, before that time; ties by event time, then id. Null for none. */
    String oldestBefore(long timeMs) {
        lock.readLock().lock();
        try {
            if (notBeforeMs >= timeMs) {
                return null;
            }
        } finally {
            lock.readLock().unlock();
        }
        String[] oldest = new String[1];
        writing(() -> {
            notBeforeMs = byModel.values().stream().mapToLong(ModelVectors::earliestMs).min().orElse(Long.MAX_VALUE);
            oldest[0] = notBeforeMs < timeMs ? oldestId() : null;
        });
        return oldest[0];
    }

    private String oldestId() {
        ModelVectors home = null;
        int oldest = -1;
        for (ModelVectors vectors : byModel.values()) {
            int slot = vectors.oldest(notBeforeMs);
            if (slot >= 0 && (home == null || isBefore(vectors, slot, home, oldest))) {
                home = vectors;
                oldest = slot;
            }
        }
        return home == null ? null : home.id(oldest);
    }

    private static boolean isBefore(ModelVectors a, int slotA, ModelVectors b, int slotB) {
        int byTime = Long.compare(a.eventTimeMs(slotA), b.eventTimeMs(slotB));
        return byTime != 0 ? byTime < 0 : a.id(slotA).compareTo(b.id(slotB)) < 0;
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

    /** @see VectorWindow#prepare */
    PreparedProbes prepare(List<float[]> probes, ModelIdentity model, float minCosine) {
        ModelVectors[] home = new ModelVectors[1];
        lock.readLock().lock();
        try {
            home[0] = byModel.get(ModelVectors.Key.of(model));
        } finally {
            lock.readLock().unlock();
        }
        if (home[0] == null) {
            writing(() -> home[0] = home(model));
        }
        return home[0].probes.fill(probes, minCosine);
    }

    /**
     * Searches for the owner's probes.
     *
     * @param onlyRow −1 for all
     */
    void search(PreparedProbes probes, ModelIdentity model, int onlyRow, VectorWindow.HitSink sink) {
        search(probes, model, onlyRow, threads, sink);
    }

    private void search(PreparedProbes probes, ModelIdentity model, int onlyRow, ScanThreads over,
            VectorWindow.HitSink sink) {
        lock.readLock().lock();
        try {
            ModelVectors vectors = byModel.get(ModelVectors.Key.of(model));
            if (vectors != null && vectors.count() > 0 && probes.size() > 0) {
                vectors.search(probes, onlyRow, over, sink);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    List<Neighbour> nearest(NearestQuery query) {
        PriorityQueue<Neighbour> kept = new PriorityQueue<>(FARTHEST_FIRST);
        Space space = Space.everything(query.model().dimension(), query.minCosine());
        PreparedProbes probes = new PreparedProbes(space).fill(List.of(query.vector()), query.minCosine());
        // On the thread that asks: the others are the owner's.
        search(probes, query.model(), -1, ScanThreads.NONE, (q, original, cosine) -> {
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
        return find(id, Float.NaN, (vectors, slot) -> vectors.cosine(slot, query));
    }

    float match(String id, PreparedProbes probes, int row) {
        return find(id, Float.NaN,
                (vectors, slot) -> vectors.space.equals(probes.space) ? vectors.match(slot, probes, row) : Float.NaN);
    }

    long size() {
        return sum(ModelVectors::count);
    }

    /** Bytes in use. */
    long sizeBytes() {
        return sum(ModelVectors::sizeBytes);
    }

    private long sum(ToLongFunction<ModelVectors> of) {
        lock.readLock().lock();
        try {
            long sum = 0;
            for (ModelVectors vectors : byModel.values()) {
                sum += of.applyAsLong(vectors);
            }
            return sum;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The largest share of pairs that survives the codes, over the models. */
    double survivalRate() {
        lock.readLock().lock();
        try {
            return byModel.values().stream().mapToDouble(m -> m.mode().survivalRate()).max().orElse(0);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The entries of a model, null where there are none; only for the thread that alone uses the index. */
    ModelVectors model(ModelIdentity model) {
        return byModel.get(ModelVectors.Key.of(model));
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
