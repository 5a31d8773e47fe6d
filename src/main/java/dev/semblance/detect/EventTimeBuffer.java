package dev.semblance.detect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Puts the events of several sources (source partitions) back into the order of (event time, id), as far as waiting a
 * little allows. The smallest event goes out once every other active source has delivered a later event time, since then
 * none of them is expected to bring a smaller one.
 *
 * <p>A source is active for {@code idleMs} after its last event. For {@code idleMs} after the very first event nothing
 * goes out, so that sources not heard of yet can show up. Nothing waits longer than 10 × {@code idleMs}: then it goes
 * out, after everything smaller that is held. Nor are more than {@code capacity} events held back: the smallest go out
 * first. With {@code idleMs} = 0 events pass through in the order of their arrival.
 *
 * <p>Event times inside one source need not ascend; what comes too late goes out at the next poll, out of order.
 *
 * <p>Thread: one owner. Time is passed in and must not run backwards.
 *
 * @param <T> the event
 */
public final class EventTimeBuffer<T> {

    /** No event waits longer than this many times {@code idleMs}. */
    private static final int PATIENCE = 10;

    private static final class Held<T> {
        final int source;
        final long eventTimeMs;
        final String id;
        /** Null once released: what waits for the head of the arrivals must hold nothing. */
        T item;
        final long arrivedMs;
        final long sequence;
        boolean released;

        Held(int source, long eventTimeMs, String id, T item, long arrivedMs, long sequence) {
            this.source = source;
            this.eventTimeMs = eventTimeMs;
            this.id = id;
            this.item = item;
            this.arrivedMs = arrivedMs;
            this.sequence = sequence;
        }
    }

    private static final class Source {
        long maxEventTimeMs = Long.MIN_VALUE;
        long lastMs;
    }

    private final long idleMs;
    private final int capacity;
    private final PriorityQueue<Held<T>> smallestFirst;
    /** In order of arrival; holds released events until they come to its head. */
    private final Deque<Held<T>> arrivals = new ArrayDeque<>();
    private final Map<Integer, Source> sources = new HashMap<>();
    private long sequence;
    private long firstMs;

    /**
     * @param idleMs   how long a silent source is waited for, 0 … a minute
     * @param capacity events held at most
     */
    public EventTimeBuffer(long idleMs, int capacity) {
        if (idleMs < 0 || capacity < 1) {
            throw new IllegalArgumentException(
                    "idleMs=" + idleMs + ", capacity=" + capacity + ": expected at least 0 and at least 1");
        }
        this.idleMs = idleMs;
        this.capacity = capacity;
        Comparator<Held<T>> bySequence = Comparator.comparingLong(h -> h.sequence);
        Comparator<Held<T>> byTime = Comparator.comparingLong(h -> h.eventTimeMs);
        smallestFirst = new PriorityQueue<>(
                idleMs == 0 ? bySequence : byTime.thenComparing(h -> h.id).thenComparing(bySequence));
    }

    /** Takes an event in; may exceed the capacity until the next {@link #poll}. */
    public void add(int source, long eventTimeMs, String id, T item, long nowMs) {
        if (sequence == 0) {
            firstMs = nowMs;
        }
        Held<T> held = new Held<>(source, eventTimeMs, id, item, nowMs, sequence++);
        smallestFirst.add(held);
        arrivals.addLast(held);
        Source s = sources.computeIfAbsent(source, k -> new Source());
        s.maxEventTimeMs = Math.max(s.maxEventTimeMs, eventTimeMs);
        s.lastMs = nowMs;
    }

    /** Removes and returns what may go out now, in order, at most {@code max} events. */
    public List<T> poll(long nowMs, int max) {
        List<T> out = new ArrayList<>();
        while (out.size() < max && !smallestFirst.isEmpty() && dueMs() <= nowMs) {
            Held<T> held = smallestFirst.remove();
            held.released = true;
            out.add(held.item);
            held.item = null;
        }
        dropReleased();
        return out;
    }

    /** Removes and returns the smallest events, whether they may go out yet or not: where there is no room to wait. */
    public List<T> pollEarly(int max) {
        List<T> out = new ArrayList<>();
        while (out.size() < max && !smallestFirst.isEmpty()) {
            Held<T> held = smallestFirst.remove();
            held.released = true;
            out.add(held.item);
            held.item = null;
        }
        dropReleased();
        return out;
    }

    private void dropReleased() {
        while (!arrivals.isEmpty() && arrivals.getFirst().released) {
            arrivals.removeFirst();
        }
    }

    /** Number of events held. */
    public int size() {
        return smallestFirst.size();
    }

    /**
     * When the next event may go out if nothing arrives before; a time in the past where one may go out now,
     * {@code Long.MAX_VALUE} where the buffer is empty.
     */
    public long nextDueMs() {
        return smallestFirst.isEmpty() ? Long.MAX_VALUE : dueMs();
    }

    private long dueMs() {
        if (smallestFirst.size() > capacity) {
            return Long.MIN_VALUE;
        }
        dropReleased();
        long patienceEndsMs = arrivals.getFirst().arrivedMs + PATIENCE * idleMs;
        return Math.min(patienceEndsMs, nothingSmallerExpectedMs(smallestFirst.peek()));
    }

    private long nothingSmallerExpectedMs(Held<T> smallest) {
        long dueMs = firstMs + idleMs;
        for (Map.Entry<Integer, Source> e : sources.entrySet()) {
            if (e.getKey() != smallest.source && e.getValue().maxEventTimeMs <= smallest.eventTimeMs) {
                dueMs = Math.max(dueMs, e.getValue().lastMs + idleMs);
            }
        }
        return dueMs;
    }
}
