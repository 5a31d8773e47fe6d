package dev.semblance.detect;

import java.util.Arrays;

/**
 * How far a shard has come, and how far it knows the others to be.
 *
 * <p>A <i>run</i> is one making of the sequence: where the sequencer has begun anew, numbers begin anew, and what was sent
 * about the former ones must not be taken for the new. Later runs have greater numbers.
 *
 * <p>Thread: the owner's of the shard.
 */
final class ShardLedger {

    private static final String RUN = "=run";
    private static final String LAST = "=last";
    private static final String STREAM_TIME = "=stream-time";
    private static final String DECIDED_BELOW = "=decided-below-";

    private final Numbers store;
    /** Of each shard: it has decided all its events before that number, and what follows from them has arrived here. */
    private final long[] decidedBelow;
    private long run;
    private long last;
    private long streamTimeMs = Long.MIN_VALUE;

    /** @param store holds what a predecessor has saved; its keys here begin with '=' */
    ShardLedger(Numbers store, int shards) {
        this.store = store;
        this.decidedBelow = new long[shards];
        run = store.get(RUN);
        last = store.get(LAST);
        streamTimeMs = last == 0 ? Long.MIN_VALUE : store.get(STREAM_TIME);
        for (int i = 0; i < shards; i++) {
            decidedBelow[i] = store.get(DECIDED_BELOW + i);
        }
    }

    /**
     * Whether what belongs to that run is to be taken in; what belongs to an earlier one is not.
     *
     * @throws IllegalStateException where this shard is in the middle of an earlier run
     */
    boolean admits(long otherRun) {
        if (otherRun > run && last > 0) {
            throw new IllegalStateException("the order of events was begun anew (run " + otherRun + ") while this shard"
                    + " is at event " + last + " of run " + run + ": the state of node 'sequence' was lost or reset"
                    + " alone. Reset all of the detect application's state, or take a new detect.application.id, and replay"
                    + " embeddings");
        }
        return otherRun >= run;
    }

    /** To be called for what is admitted. @return whether a new run has begun: nothing of before counts */
    boolean begins(long otherRun) {
        boolean anew = otherRun > run;
        if (anew) {
            run = otherRun;
            Arrays.fill(decidedBelow, 0);
        }
        return anew;
    }

    /** @throws IllegalStateException where that is not the next one */
    void turn(Turn turn) {
        if (last > 0 && turn.sequence() != last + 1) {
            throw new IllegalStateException("event " + turn.sequence() + " of the order comes after event " + last
                    + ": records of the topic of window probes are missing. They are kept until they are read;"
                    + " reset the detect application's state, or take a new detect.application.id, and replay embeddings");
        }
        last = turn.sequence();
        streamTimeMs = turn.streamTimeMs();
    }

    void decidedBelow(int shard, long sequence) {
        decidedBelow[shard] = Math.max(decidedBelow[shard], sequence);
    }

    /** All events before that number are decided, and what follows from them has arrived here. */
    long allDecidedBelow() {
        return Arrays.stream(decidedBelow).min().orElseThrow();
    }

    long run() {
        return run;
    }

    /** Number of the last turn taken; 0 before the first. */
    long last() {
        return last;
    }

    long streamTimeMs() {
        return streamTimeMs;
    }

    void save() {
        save(RUN, run);
        save(LAST, last);
        save(STREAM_TIME, streamTimeMs);
        for (int i = 0; i < decidedBelow.length; i++) {
            save(DECIDED_BELOW + i, decidedBelow[i]);
        }
    }

    private void save(String key, long number) {
        if (store.get(key) != number) {
            store.put(key, number);
        }
    }
}
