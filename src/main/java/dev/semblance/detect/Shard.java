package dev.semblance.detect;

import dev.semblance.record.Embedding;

/**
 * One of several shards of the window. It is fed with turns, which are the same and in the same order for all shards, and
 * with mail from the others, in any order with the turns; after each feeding it is to be finished.
 *
 * <p>Thread: one owner. Never waits.
 */
interface Shard {

    /** What a shard does to the world. Of quiet turns and joins nothing is to be written. */
    interface Output {
        /** The event passes. */
        void unique(Turn turn, Embedding event);

        /** The event is purged, for what has been passed of it before. */
        void purged(Turn turn);

        /** An event repeats an original of this shard. */
        void repeated(ShardMessage.Join join, long clusterSize);

        /** Two events are a pair; mode PAIRS. */
        void paired(Turn turn, Embedding event, Found partner);

        /**
         * All is known of an own event.
         *
         * @param turn      the event's
         * @param best      what it repeats, null for nothing; always null in mode PAIRS
         * @param arrivedNs when its turn was taken up
         */
        void decided(Turn turn, Embedding event, Found best, boolean suppressed, long arrivedNs);

        /** Mail for another shard. */
        void send(int shard, ShardMail mail);
    }

    /** Every shard's turns. What belongs to an earlier run is left out. */
    void take(TurnBatch batch);

    /** Mail of another shard. What belongs to an earlier run is left out. */
    void receive(ShardMail mail);

    /** Draws the conclusions, sends what there is to send, and saves what is open. */
    void finish();

    /** Own events that are open, those included that others have answered ahead of their turn. */
    int open();

    /** Those of the open events that have had their turn here. */
    int openSinceTurn();

    /** How much those wait for: pairs of an event and an open one, or partners kept for an event. */
    long waiting();

    /** Bytes of those. */
    long openBytes();

    /**
     * Whether no more turns should come until {@link #hasRoom}. Mail must go on. What others have answered ahead of its
     * turn does not count: only turns can close it, so that a shard held for its sake would be held for ever.
     */
    default boolean isCrowded(Limits limits) {
        return openSinceTurn() > limits.open || waiting() > limits.waiting || openBytes() > limits.openBytes;
    }

    /** Whether turns may come again. */
    default boolean hasRoom(Limits limits) {
        return openSinceTurn() <= limits.open / 2 && waiting() <= limits.waiting / 2
                && openBytes() <= limits.openBytes / 2;
    }

    /**
     * Beyond any of these a shard takes no more turns.
     *
     * @param open      open events that have had their turn
     * @param waiting   what they wait for: a flood of copies has each wait for all others
     * @param openBytes their bytes
     */
    record Limits(int open, long waiting, long openBytes) {
        static final Limits USUAL = new Limits(8_192, 262_144, 64L << 20);
    }

    /**
     * The shard where an event is kept, follows from its id alone: FNV-1a, mixed as MurmurHash3 ends. Part of running
     * state.
     */
    static int home(byte[] id, int shards) {
        int hash = 0x811c9dc5;
        for (byte b : id) {
            hash = (hash ^ b) * 0x01000193;
        }
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return Math.floorMod(hash ^ hash >>> 16, shards);
    }
}
