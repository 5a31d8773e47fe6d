package dev.semblance.slots;

import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The records that one task holds between {@code process()} and the forward of their output.
 *
 * <p>Slot numbers are reused and bounded, so the changelog compacts to almost nothing. Under exactly-once, output,
 * slot and offset are one transaction and a slot is emptied with the forward. Under at-least-once a slot that a commit
 * may already have made durable is emptied one commit after its forward: otherwise the tombstone could become durable
 * before the output, and a crash in between would lose the record.
 *
 * <p>Thread: the stream thread. One per task. Not thread-safe.
 */
public final class InFlightSlots {

    /** Bytes of records that one task may hold; a few records of the largest size fit. */
    static final long MAX_HELD_BYTES = 64L << 20;

    private final KeyValueStore<Integer, byte[]> store;
    private final SlotStore commits;
    private final boolean exactlyOnce;
    private final int capacity;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final ArrayDeque<Slot> awaitingCommit = new ArrayDeque<>();
    private final Set<SourcePosition> restoredPositions = new HashSet<>();
    private long lastCommits;
    private long nextSequence;
    private int held;
    private long heldBytes;

    /**
     * @param store    made by {@link SlotStore#builder}
     * @param capacity records that may be held at once
     */
    public InFlightSlots(KeyValueStore<Integer, byte[]> store, boolean exactlyOnce, int capacity) {
        this.store = store;
        this.commits = SlotStore.under(store);
        this.exactlyOnce = exactlyOnce;
        this.capacity = capacity;
        this.lastCommits = commits.commits();
    }

    /**
     * Reads what a predecessor left in flight. To be called once, from {@code init()}, which Kafka Streams runs after
     * the store has been restored.
     *
     * @return the held records in their original order; the caller resubmits them all
     */
    public List<Slot> restore() {
        List<Slot> restored = new ArrayList<>();
        Set<Integer> used = new HashSet<>();
        try (KeyValueIterator<Integer, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<Integer, byte[]> entry = all.next();
                Slot slot = SlotCodec.decode(entry.key, entry.value);
                restored.add(slot);
                used.add(entry.key);
                restoredPositions.add(slot.raw().source());
                heldBytes += slot.raw().sizeBytes();
            }
        }
        restored.sort(Comparator.comparingLong(s -> s.sequence));
        if (!restored.isEmpty()) {
            nextSequence = restored.getLast().sequence + 1;
        }
        held = restored.size();
        // Twice the capacity: at most `capacity` held, and at most as many again awaiting the next commit. Not counted
        // are those restored: a lower capacity may have left more of them than that, and they await a commit, too.
        for (int number = 0; free.size() < 2 * capacity; number++) {
            if (!used.contains(number)) {
                free.add(number);
            }
        }
        return restored;
    }

    /** Whether a record has to be released before the next may be admitted. */
    public boolean isFull() {
        reclaim();
        return held >= capacity || heldBytes >= MAX_HELD_BYTES || free.isEmpty();
    }

    public int held() {
        return held;
    }

    /**
     * True once for each record that {@link #restore} returned and that the consumer reads again: its offset was not
     * committed before the crash, though its slot had become durable. Happens under at-least-once only.
     */
    public boolean isReplayOfRestored(SourcePosition position) {
        return !restoredPositions.isEmpty() && restoredPositions.remove(position);
    }

    /** Holds a record. The caller has made sure that {@link #isFull} is false. */
    public Slot admit(RawRecord raw) {
        Integer number = free.poll();
        if (number == null) {
            throw new IllegalStateException("all " + 2 * capacity + " in-flight slots are in use");
        }
        Slot slot = new Slot(number, nextSequence++, commits.commits(), raw);
        store.put(number, SlotCodec.encode(slot.sequence, raw));
        held++;
        heldBytes += raw.sizeBytes();
        return slot;
    }

    /** Lets a record go: its output has been forwarded. */
    public void release(Slot slot) {
        // First, so that this slot waits for a commit that is yet to come, not for the one that made it durable.
        reclaim();
        held--;
        heldBytes -= slot.raw().sizeBytes();
        if (exactlyOnce || slot.admittedAtCommit == commits.commits()) {
            empty(slot);
        } else {
            awaitingCommit.add(slot);
        }
    }

    /**
     * Empties what was waiting for a commit that has now happened. Cheap. {@link #isFull} does it before each admission;
     * owners also call it where no record comes, so that a quiet task holds nothing that a successor would do again.
     */
    public void reclaim() {
        long now = commits.commits();
        if (now != lastCommits) {
            lastCommits = now;
            while (!awaitingCommit.isEmpty()) {
                empty(awaitingCommit.poll());
            }
        }
    }

    private void empty(Slot slot) {
        store.delete(slot.number);
        // As many as there were: what was restored does not add to the numbers in use.
        if (slot.admittedAtCommit >= 0) {
            free.add(slot.number);
        }
    }
}
