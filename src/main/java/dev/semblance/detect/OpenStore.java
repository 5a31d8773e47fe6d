package dev.semblance.detect;

import java.util.function.BiConsumer;

/**
 * Where a shard keeps what is open, and nothing else: empty where all is decided; so that a successor finds it as it was at the last commit. Thread: the owner's of the
 * shard.
 */
interface OpenStore {

    /** What an entry is. The codes are part of running state. */
    enum Part {
        /** An own event: its turn. */
        TURN(1),
        /** An own event: what the shards have answered so far. */
        ANSWERS(2),
        /** An event that waits for the fate of own ones. */
        WAITING(3),
        /** Partners of an own event, in mode PAIRS. */
        PARTNERS(4);

        final byte code;

        Part(int code) {
            this.code = (byte) code;
        }

        static Part of(byte code) {
            for (Part part : values()) {
                if (part.code == code) {
                    return part;
                }
            }
            throw new IllegalStateException("the store of open events has an entry of type " + code
                    + ": it was written by another version of the program");
        }
    }

    /** @param item tells entries of one part and event apart */
    record Key(Part part, long sequence, int item) {
        Key(Part part, long sequence) {
            this(part, sequence, 0);
        }
    }

    void put(Key key, byte[] value);

    void delete(Key key);

    void forEach(BiConsumer<Key, byte[]> sink);
}
