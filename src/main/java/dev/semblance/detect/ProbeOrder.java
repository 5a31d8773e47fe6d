package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.RawRecord;
import dev.semblance.slots.InFlightSlots;
import dev.semblance.slots.Slot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Holds probes in slots until they are in event-time order, a delete behind all that its partition brought before it, and
 * hands them on in that order.
 *
 * <p>Thread: the stream thread. One per task and {@code init()}.
 */
final class ProbeOrder {

    /** A probe or, where the embedding is null, a delete. */
    record Held(Slot slot, String id, Embedding embedding, long arrivedNs) {}

    /** The last delete of an id that waits for its turn, and where it was sorted. */
    private record PendingDelete(Slot slot, long sortedMs) {}

    /** Takes probes whose turn has come. Each of them has to be released. */
    @FunctionalInterface
    interface Deciding {
        void decide(List<Held> ready);
    }

    /** Probes held for order, per task; beyond it the oldest go ahead. */
    static final int REORDER_CAPACITY = 16_384;
    private static final Duration MAX_TURN = Duration.ofSeconds(1);
    /** Sorts quiet events before all others: they were decided before these came. */
    private static final long QUIET_FIRST_MS = Long.MAX_VALUE / 4;
    /** Sorts a delete behind every event of its time. */
    private static final String LAST_ID = "\uffff";

    private final InFlightSlots slots;
    private final RecordCodec codec;
    private final ToIntFunction<RawRecord> sourcePartition;
    private final Predicate<RawRecord> quiet;
    private final LongSupplier clockNs;
    private final Deciding deciding;
    private final IntSupplier rows;
    private final int scanMaxRows;
    private final EventTimeBuffer<Held> buffer;
    /** Latest event time of each partition of the embeddings topic: where its deletes belong in time. */
    private final Map<Integer, Long> partitionTimeMs = new HashMap<>();
    /** By id: what comes after a delete must stay after it. */
    private final Map<String, PendingDelete> pendingDeletes = new HashMap<>();
    private int addedSinceDecision;

    /**
     * @param sourcePartition partition of the embeddings topic that a probe came from
     * @param quiet           whether nothing is to be written about a probe
     * @param clockNs         never runs backwards, as {@link System#nanoTime}
     * @param rows            how many may be decided at once
     */
    ProbeOrder(Config.Detect config, InFlightSlots slots, RecordCodec codec, ToIntFunction<RawRecord> sourcePartition,
            Predicate<RawRecord> quiet, LongSupplier clockNs, IntSupplier rows, Deciding deciding) {
        this.slots = slots;
        this.codec = codec;
        this.sourcePartition = sourcePartition;
        this.quiet = quiet;
        this.clockNs = clockNs;
        this.rows = rows;
        this.deciding = deciding;
        this.scanMaxRows = config.scanMaxRows();
        this.buffer = new EventTimeBuffer<>(config.reorder().toMillis(), REORDER_CAPACITY);
    }

    /** How many records the slots have to hold. */
    static int slotCapacity(Config.Detect config) {
        return REORDER_CAPACITY + config.scanMaxRows();
    }

    /** Takes up what a predecessor left in flight. */
    void restore() {
        for (Slot slot : slots.restore()) {
            hold(slot, clockNs.getAsLong());
        }
    }

    /** Takes a record in; decides others where there is no room, or enough has come for a scan. */
    void add(RawRecord raw) {
        while (slots.isFull()) {
            decideReady();
            if (slots.isFull()) {
                deciding.decide(buffer.pollEarly(rows.getAsInt()));
            }
        }
        if (slots.isReplayOfRestored(raw.source())) {
            return;
        }
        hold(slots.admit(raw), clockNs.getAsLong());
        if (++addedSinceDecision >= scanMaxRows) {
            decideReady();
        }
    }

    private void hold(Slot slot, long arrivedNs) {
        RawRecord raw = slot.raw();
        String id = new String(raw.key(), StandardCharsets.UTF_8);
        int partition = sourcePartition.applyAsInt(raw);
        Embedding embedding = raw.value() == null ? null : codec.decodeEmbedding(raw.value());
        long timeMs = embedding == null
                ? partitionTimeMs.getOrDefault(partition, Long.MIN_VALUE)
                : embedding.event().eventTimeMs() - (quiet.test(raw) ? QUIET_FIRST_MS : 0);
        partitionTimeMs.merge(partition, timeMs, Math::max);
        PendingDelete delete = pendingDeletes.get(id);
        long sortedMs = delete == null ? timeMs : Math.max(timeMs, delete.sortedMs);
        boolean behindDelete = embedding == null || delete != null && timeMs <= delete.sortedMs;
        if (embedding == null) {
            pendingDeletes.put(id, new PendingDelete(slot, sortedMs));
        }
        buffer.add(partition, sortedMs, behindDelete ? LAST_ID : id,
                new Held(slot, id, embedding, arrivedNs), nowMs());
    }

    /**
     * Decides what is due, for a bounded time: thousands may fall due at once, and a transaction must not time out over
     * them. The punctuator goes on where this stops.
     */
    void decideReady() {
        addedSinceDecision = 0;
        long startNs = clockNs.getAsLong();
        List<Held> ready;
        while (clockNs.getAsLong() - startNs < MAX_TURN.toNanos()
                && !(ready = buffer.poll(nowMs(), rows.getAsInt())).isEmpty()) {
            deciding.decide(ready);
        }
    }

    /** Lets a probe go: what follows from it has been forwarded. */
    void release(Held held) {
        slots.release(held.slot());
        if (held.embedding() == null) {
            // Unless another one of the id waits behind it.
            pendingDeletes.computeIfPresent(held.id(), (_, last) -> last.slot.equals(held.slot()) ? null : last);
        }
    }

    /** To be called now and then, where no record comes. */
    void reclaim() {
        slots.reclaim();
    }

    int size() {
        return buffer.size();
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clockNs.getAsLong());
    }
}
