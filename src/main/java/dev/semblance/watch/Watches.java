package dev.semblance.watch;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * All watches, by model. A version is in force from the append of its record until the append of the one that changes or
 * removes the watch; both times come from the topic, so that it does not matter when the records are read. For events
 * that are decided late, or once more after a crash, former versions are kept for an hour by the clock, as many as there
 * may be watches.
 *
 * <p>Thread: one writer, that of the global store; readers take no lock.
 */
final class Watches {

    /** How long a version is kept beyond its end: at least as long as the topic keeps it from compaction. */
    static final long HISTORY_MS = 3_600_000;
    static final int MAX_MODELS = 8;
    /** A version's objects, its id and its text as the heap holds them, about. */
    private static final long VERSION_BYTES = 240;

    /** What became of a record. */
    enum Outcome {
        ACCEPTED,
        TOO_MANY,
        TOO_MANY_BYTES,
        TOO_MANY_MODELS
    }

    private final Config.Watches limits;
    private final Config.Detect detect;
    private volatile Map<ModelWatches.Key, ModelWatches> byModel = Map.of();
    private volatile int live;
    private volatile long sizeBytes;
    /** The writer's: last version of each watch. */
    private final Map<String, WatchVersion> current = new HashMap<>();
    /** The writer's: versions that have ended, in the order of their ends. */
    private final ArrayDeque<WatchVersion> former = new ArrayDeque<>();
    private long bytes;
    private long formerBytes;
    private long sequence;

    Watches(Config.Watches limits, Config.Detect detect) {
        this.limits = limits;
        this.detect = detect;
    }

    /**
     * Adds a watch, or puts it in the place of the one of that id.
     *
     * @param appendedMs append time of its record
     * @param nowMs      the clock
     * @throws IllegalArgumentException where the vector is not of its model's dimension, or has no direction
     */
    Outcome put(WatchVector added, long appendedMs, long nowMs) {
        Watch watch = added.watch();
        ModelIdentity model = added.model();
        if (added.vector().length != model.dimension()) {
            throw new IllegalArgumentException("watch " + watch.id() + " has a vector of " + added.vector().length
                    + " components; its model has the dimension " + model.dimension());
        }
        float[] unit = VectorKernels.normalised(added.vector());
        long size = sizeBytes(watch, model.dimension());
        WatchVersion before = current.remove(watch.id());
        long fromMs = before == null ? appendedMs : Math.max(appendedMs, before.fromMs);
        sequence++;
        if (before != null) {
            end(before, fromMs);
        }
        Outcome outcome = room(size, model);
        ModelWatches home = null;
        if (outcome == Outcome.ACCEPTED) {
            home = home(model);
            WatchVersion version = new WatchVersion(watch, model,
                    watch.threshold() == null ? detect.threshold() : watch.threshold(), fromMs, size);
            home.add(version, unit);
            home.live(home.live() + 1);
            current.put(watch.id(), version);
            bytes += size;
        }
        publish(home, before, nowMs);
        return outcome;
    }

    /** @return whether there was such a watch */
    boolean remove(String id, long appendedMs, long nowMs) {
        WatchVersion before = current.remove(id);
        if (before == null) {
            return false;
        }
        sequence++;
        end(before, Math.max(appendedMs, before.fromMs));
        publish(null, before, nowMs);
        return true;
    }

    private static long sizeBytes(Watch watch, int dimension) {
        long strings = watch.id().length() + (long) watch.text().length();
        for (String label : watch.labels()) {
            strings += 48 + label.length();
        }
        // Two bytes a character at worst.
        return ModelWatches.rowBytes(dimension) + VERSION_BYTES + 2 * strings;
    }

    /** Former versions make room where it is needed. */
    private Outcome room(long size, ModelIdentity model) {
        if (current.size() >= limits.max()) {
            return Outcome.TOO_MANY;
        }
        if (!byModel.containsKey(ModelWatches.Key.of(model)) && byModel.size() >= MAX_MODELS) {
            return Outcome.TOO_MANY_MODELS;
        }
        return bytes - formerBytes + size > limits.maxBytes() ? Outcome.TOO_MANY_BYTES : Outcome.ACCEPTED;
    }

    private void end(WatchVersion version, long atMs) {
        version.end(new WatchVersion.End(atMs, sequence));
        former.add(version);
        formerBytes += version.sizeBytes;
        ModelWatches home = home(version.model);
        home.live(home.live() - 1);
    }

    private ModelWatches home(ModelIdentity model) {
        ModelWatches.Key key = ModelWatches.Key.of(model);
        ModelWatches home = byModel.get(key);
        if (home == null) {
            home = new ModelWatches(model.dimension(), detect.missProbability(), detect.exact());
            Map<ModelWatches.Key, ModelWatches> with = new HashMap<>(byModel);
            with.put(key, home);
            byModel = Map.copyOf(with);
        }
        return home;
    }

    /** Only then are former versions given up: until the change shows, readers have the version before it. */
    private void publish(ModelWatches home, WatchVersion before, long nowMs) {
        if (home != null) {
            home.publish(sequence);
        }
        if (before != null) {
            home(before.model).publish(sequence);
        }
        while (!former.isEmpty() && (former.peek().end().atMs() < nowMs - HISTORY_MS
                || former.size() > limits.max() || bytes > limits.maxBytes())) {
            giveUp(former.poll());
        }
        live = current.size();
        sizeBytes = bytes;
    }

    private void giveUp(WatchVersion version) {
        bytes -= version.sizeBytes;
        formerBytes -= version.sizeBytes;
        ModelWatches home = home(version.model);
        home.giveUp(version);
        home.publish(sequence);
        if (home.isEmpty()) {
            Map<ModelWatches.Key, ModelWatches> without = new HashMap<>(byModel);
            without.remove(ModelWatches.Key.of(version.model));
            byModel = Map.copyOf(without);
        }
    }

    /** The watches comparable with that model; null where there are none. Any thread. */
    ModelWatches of(ModelIdentity model) {
        Map<ModelWatches.Key, ModelWatches> now = byModel;
        return now.isEmpty() ? null : now.get(ModelWatches.Key.of(model));
    }

    /** Any thread. */
    int live() {
        return live;
    }

    /** Of the versions that are kept. Any thread. */
    long sizeBytes() {
        return sizeBytes;
    }

    void clear() {
        current.clear();
        former.clear();
        byModel = Map.of();
        bytes = 0;
        formerBytes = 0;
        live = 0;
        sizeBytes = 0;
    }
}
