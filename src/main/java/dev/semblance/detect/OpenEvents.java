package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.detect.OpenStore.Key;
import dev.semblance.detect.OpenStore.Part;
import dev.semblance.window.VectorWindow;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The open events of a shard, those of each id in their order, and the events that wait for their fate; with the store
 * that they are saved in.
 *
 * <p>Thread: the owner's of the shard.
 */
final class OpenEvents {

    private final int shards;
    private final OpenStore store;
    private final RecordCodec codec;
    private final LongSupplier clockNs;
    /** Those that are neither settled nor followed by another of their id, as if they were originals. */
    private final VectorWindow candidates;
    private final NavigableMap<Long, OpenEvent> bySequence = new TreeMap<>();
    /** The last one of each id that is not settled. */
    private final Map<String, OpenEvent> lastOfId = new HashMap<>();
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private final Set<OpenEvent> changed = new LinkedHashSet<>();
    private final Set<Waiting> changedWaiting = new LinkedHashSet<>();
    /** Of those that have had their turn. */
    private int sinceTurn;
    private long waitedFor;
    private long bytes;

    OpenEvents(int shards, OpenStore store, VectorWindow candidates, RecordCodec codec, LongSupplier clockNs) {
        this.shards = shards;
        this.store = store;
        this.candidates = candidates;
        this.codec = codec;
        this.clockNs = clockNs;
    }

    /** Takes up what a predecessor has saved. */
    void restore() {
        Map<Long, Turn> turns = new HashMap<>();
        Map<Long, Long> before = new TreeMap<>();
        Map<Long, byte[]> waits = new TreeMap<>();
        store.forEach((key, value) -> {
            switch (key.part()) {
                case TURN -> turns.put(key.sequence(), TurnBatch.decodeOne(value));
                case ANSWERS -> bySequence.put(key.sequence(), OpenEvent.decode(key.sequence(), value, shards,
                        number -> before.put(key.sequence(), number)));
                case WAITING -> waits.put(key.sequence(), value);
                case PARTNERS -> throw new IllegalStateException("the state was made in detect.mode=pairs: take a new"
                        + " detect.application.id and replay embeddings");
            }
        });
        turns.forEach((sequence, turn) -> attach(bySequence.get(sequence), turn));
        before.forEach((sequence, number) -> link(bySequence.get(number), bySequence.get(sequence)));
        for (OpenEvent event : bySequence.values()) {
            if (event.hadItsTurn() && !event.settled && event.after == null) {
                becomesLast(event);
            }
        }
        waits.forEach((sequence, value) -> keep(Waiting.decode(sequence, value, bySequence::get)));
        changedWaiting.clear();
    }

    private void attach(OpenEvent event, Turn turn) {
        event.turn = turn;
        event.embedding = turn.isDelete() ? null : codec.decodeEmbedding(turn.value());
        event.arrivedNs = clockNs.getAsLong();
        sinceTurn++;
        bytes += turn.sizeBytes();
    }

    private static void link(OpenEvent before, OpenEvent after) {
        after.before = before;
        before.after = after;
    }

    /** The event of that number, or null. */
    OpenEvent get(long sequence) {
        return bySequence.get(sequence);
    }

    /** The one of that number; a new one where there is none. */
    OpenEvent at(long sequence) {
        return bySequence.computeIfAbsent(sequence, s -> new OpenEvent(s, shards));
    }

    /** The last one of an id that is not settled, or null. */
    OpenEvent lastOf(String id) {
        return lastOfId.get(id);
    }

    /** The event's turn has come. */
    OpenEvent begin(Turn turn, Version previous) {
        OpenEvent event = at(turn.sequence());
        attach(event, turn);
        event.previous = previous;
        OpenEvent before = lastOfId.get(turn.id());
        if (before != null) {
            link(before, event);
        }
        becomesLast(event);
        store.put(new Key(Part.TURN, event.sequence), TurnBatch.encodeOne(turn));
        changed(event);
        return event;
    }

    private void becomesLast(OpenEvent event) {
        lastOfId.put(event.id(), event);
        if (event.embedding == null) {
            candidates.remove(event.id());
        } else {
            candidates.insert(event.entry(event.latestSeenMs()));
        }
    }

    /** The event is settled: it is no open candidate any more. The one after it, if there is one, may be next. */
    void settle(OpenEvent event) {
        event.settled = true;
        if (event.after == null) {
            lastOfId.remove(event.id());
            candidates.remove(event.id());
        } else {
            event.after.before = null;
            changed(event.after);
        }
        changed(event);
    }

    /** Nothing more is to be found out about the event. */
    void close(OpenEvent event) {
        bySequence.remove(event.sequence);
        sinceTurn--;
        bytes -= event.turn.sizeBytes();
        store.delete(new Key(Part.TURN, event.sequence));
        changed(event);
    }

    void changed(OpenEvent event) {
        changed.add(event);
    }

    /** An event of any shard that waits for open ones of this. */
    void keep(Waiting one) {
        waiting.put(one.sequence, one);
        waitedFor += one.size();
        changedWaiting.add(one);
    }

    /** It has taken in what has become known. @param sizeBefore what it waited for before */
    void changed(Waiting one, int sizeBefore) {
        waitedFor += one.size() - sizeBefore;
        changedWaiting.add(one);
        if (one.isOver()) {
            waiting.remove(one.sequence);
        }
    }

    /** Nothing of a former run counts: no turn has come yet, but others may have answered ahead. */
    void clear() {
        bySequence.keySet().forEach(sequence -> store.delete(new Key(Part.ANSWERS, sequence)));
        bySequence.clear();
    }

    /** Puts what has changed since the last time into the store. */
    void save() {
        for (OpenEvent event : changed) {
            Key key = new Key(Part.ANSWERS, event.sequence);
            if (bySequence.containsKey(event.sequence)) {
                store.put(key, event.encode());
            } else {
                store.delete(key);
            }
        }
        changed.clear();
        for (Waiting one : changedWaiting) {
            Key key = new Key(Part.WAITING, one.sequence);
            if (one.isOver()) {
                store.delete(key);
            } else {
                store.put(key, one.encode());
            }
        }
        changedWaiting.clear();
    }

    /**
     * All own events before that number are decided.
     *
     * @param next what it is where none is open
     */
    long decidedBelow(long next) {
        for (OpenEvent event : bySequence.values()) {
            if (!event.hadItsTurn()) {
                break;
            }
            if (!event.decided && event.embedding != null) {
                return event.sequence;
            }
        }
        return next;
    }

    int size() {
        return bySequence.size();
    }

    /** Without those that others have answered ahead of their turn. */
    int sizeSinceTurn() {
        return sinceTurn;
    }

    long waitedFor() {
        return waitedFor;
    }

    long bytes() {
        return bytes;
    }
}
