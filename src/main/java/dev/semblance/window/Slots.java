package dev.semblance.window;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What each entry of a model has of fixed length, column by column in blocks off the heap: sign code (in groups of 8,
 * word by word), vector as 16-bit numbers, exponent, times, text hash, reference to its {@link Payloads}; and with
 * centring its share of the radius. Slots are dense: {@link #move} takes the last one into a hole.
 *
 * <p>Thread: guarded by the lock of {@link VectorIndex}.
 */
final class Slots {

    private static final int BLOCK_BYTES = 256 << 10;
    static final int MAX_SLOTS_PER_BLOCK = 256;
    private static final int META_BYTES = 4 * Long.BYTES + Integer.BYTES + 1;
    private static final int GROUP = 8;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.nativeOrder());
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final int dimension;
    private final int words;
    private final boolean shared;
    private final int slotBytes;
    private final Extents extents;
    private NativeMemory[] blocks = new NativeMemory[4];
    /** Earliest last-seen time of each block in use. */
    private long[] earliestMs = new long[4];
    private int count;

    /**
     * @param words  64-bit words of a code; 0 for none
     * @param shared whether each has a share of the radius
     */
    Slots(int dimension, int words, boolean shared) {
        this.dimension = dimension;
        this.words = words;
        this.shared = shared;
        this.slotBytes = (words * Long.BYTES + 2 * dimension + META_BYTES + (shared ? Short.BYTES : 0));
        this.extents = new Extents(
                Math.clamp(Integer.highestOneBit(BLOCK_BYTES / slotBytes + 1), GROUP, MAX_SLOTS_PER_BLOCK));
    }

    int count() {
        return count;
    }

    int slotsPerBlock() {
        return extents.max();
    }

    int blockCount() {
        return extents.count(count);
    }

    int start(int block) {
        return extents.start(block);
    }

    /** Slots in use of a block. */
    int used(int block) {
        return Math.min(extents.capacity(block), count - extents.start(block));
    }

    /** Bytes of the blocks in use. */
    long sizeBytes() {
        int last = blockCount() - 1;
        return last < 0 ? 0 : (long) (extents.start(last) + extents.capacity(last)) * slotBytes;
    }

    /** Makes the next slot usable; its contents are undefined, but for the last-seen time. */
    int add(long lastSeenMs) {
        int block = extents.of(count);
        if (block == blocks.length) {
            blocks = Arrays.copyOf(blocks, block + (block >> 1));
            earliestMs = Arrays.copyOf(earliestMs, blocks.length);
        }
        if (blocks[block] == null) {
            blocks[block] = NativeMemory.allocate((long) extents.capacity(block) * slotBytes);
        }
        if (extents.start(block) == count) {
            earliestMs[block] = Long.MAX_VALUE;
        }
        int slot = count++;
        lastSeenMs(slot, lastSeenMs);
        earliestMs[block] = Math.min(earliestMs[block], lastSeenMs);
        return slot;
    }

    /** Takes the last slot into the place of another, or drops it where they are the same. One block is kept spare. */
    void fill(int hole) {
        int last = count - 1;
        long goneMs = lastSeenMs(hole);
        if (hole != last) {
            copy(last, hole);
        }
        long movedMs = lastSeenMs(last);
        count--;
        int holeBlock = extents.of(hole);
        int lastBlock = extents.of(last);
        if (hole != last) {
            earliestMs[holeBlock] = Math.min(earliestMs[holeBlock], movedMs);
            if (goneMs == earliestMs[holeBlock]) {
                findEarliest(holeBlock);
            }
        }
        if (count > extents.start(lastBlock)) {
            if (movedMs == earliestMs[lastBlock]) {
                findEarliest(lastBlock);
            }
        }
        int spare = count == 0 ? 0 : extents.of(count - 1) + 2;
        if (spare < blocks.length && blocks[spare] != null) {
            blocks[spare].close();
            blocks[spare] = null;
        }
        if (count == 0) {
            close();
        }
    }

    private void copy(int from, int to) {
        MemorySegment a = segment(from);
        MemorySegment b = segment(to);
        for (int i = 0; i < words; i++) {
            b.set(LONG, codeAt(to, i), a.get(LONG, codeAt(from, i)));
        }
        MemorySegment.copy(a, numbersAt(from), b, numbersAt(to), 2L * dimension);
        for (int field = 0; field < 4; field++) {
            b.set(LONG, longAt(to, field), a.get(LONG, longAt(from, field)));
        }
        if (shared) {
            b.set(SHORT, shareAt(to), a.get(SHORT, shareAt(from)));
        }
        b.set(INT, refAt(to), a.get(INT, refAt(from)));
        b.set(ValueLayout.JAVA_BYTE, exponentAt(to), a.get(ValueLayout.JAVA_BYTE, exponentAt(from)));
    }

    private void findEarliest(int block) {
        MemorySegment segment = blocks[block].segment();
        long at = longAt(extents.start(block), 1);
        long earliest = Long.MAX_VALUE;
        int used = used(block);
        for (int i = 0; i < used; i++) {
            earliest = Math.min(earliest, segment.get(LONG, at + (long) i * Long.BYTES));
        }
        earliestMs[block] = earliest;
    }

    /** The first slot of a block, from a place in it on, that was last seen at that time; −1 where there is none. */
    int find(int block, int fromPlace, long lastSeenMs) {
        MemorySegment segment = blocks[block].segment();
        int start = extents.start(block);
        long at = longAt(start, 1);
        int used = used(block);
        for (int i = fromPlace; i < used; i++) {
            if (segment.get(LONG, at + (long) i * Long.BYTES) == lastSeenMs) {
                return start + i;
            }
        }
        return -1;
    }

    /** Earliest last-seen time of all; {@code Long.MAX_VALUE} where there is none. */
    long earliestMs() {
        long earliest = Long.MAX_VALUE;
        int blockCount = blockCount();
        for (int i = 0; i < blockCount; i++) {
            earliest = Math.min(earliest, earliestMs[i]);
        }
        return earliest;
    }

    /** Earliest last-seen time of a block. */
    long earliestMs(int block) {
        return earliestMs[block];
    }

    /** Copies the codes of a block, [ceil(used / 8) × words × 8]. */
    void codes(int block, long[] out) {
        int longs = Math.ceilDiv(used(block), GROUP) * words * GROUP;
        MemorySegment.copy(blocks[block].segment(), LONG, 0, out, 0, longs);
    }

    /** Copies the shares of a block; leaves {@code out} as it is where there are none. */
    void shares(int block, long[] out) {
        if (shared) {
            MemorySegment segment = blocks[block].segment();
            long at = shareAt(extents.start(block));
            int used = used(block);
            for (int i = 0; i < used; i++) {
                out[i] = segment.get(SHORT, at + (long) i * Short.BYTES);
            }
        }
    }

    /** What a slot adds to the radius of a query; 0 where there are no shares. */
    int share(int slot) {
        return shared ? segment(slot).get(SHORT, shareAt(slot)) : 0;
    }

    /** @param share 0 … 1,024; ignored where there are none */
    void share(int slot, int share) {
        if (shared) {
            segment(slot).set(SHORT, shareAt(slot), (short) share);
        }
    }

    /** Takes the code of a slot from a pack. */
    void code(int slot, long[] packs, int packOffset, int lane) {
        MemorySegment segment = segment(slot);
        for (int i = 0; i < words; i++) {
            segment.set(LONG, codeAt(slot, i), packs[packOffset + i * GROUP + lane]);
        }
    }

    /** Hamming distance of a slot's code and one of a pack. */
    int distance(int slot, long[] packs, int packOffset, int lane) {
        MemorySegment segment = segment(slot);
        int distance = 0;
        for (int i = 0; i < words; i++) {
            distance += Long.bitCount(segment.get(LONG, codeAt(slot, i)) ^ packs[packOffset + i * GROUP + lane]);
        }
        return distance;
    }

    void numbers(int slot, short[] from, int at, byte exponent) {
        MemorySegment segment = segment(slot);
        MemorySegment.copy(from, at, segment, SHORT, numbersAt(slot), dimension);
        segment.set(ValueLayout.JAVA_BYTE, exponentAt(slot), exponent);
    }

    /** Copies the 16-bit numbers of {@code n} slots of one block. */
    void numbers(int slot, int n, short[] to, int at) {
        MemorySegment.copy(segment(slot), SHORT, numbersAt(slot), to, at, n * dimension);
    }

    byte exponent(int slot) {
        return segment(slot).get(ValueLayout.JAVA_BYTE, exponentAt(slot));
    }

    long eventTimeMs(int slot) {
        return segment(slot).get(LONG, longAt(slot, 0));
    }

    void eventTimeMs(int slot, long timeMs) {
        segment(slot).set(LONG, longAt(slot, 0), timeMs);
    }

    long lastSeenMs(int slot) {
        return segment(slot).get(LONG, longAt(slot, 1));
    }

    private void lastSeenMs(int slot, long timeMs) {
        segment(slot).set(LONG, longAt(slot, 1), timeMs);
    }

    long hashHigh(int slot) {
        return segment(slot).get(LONG, longAt(slot, 2));
    }

    long hashLow(int slot) {
        return segment(slot).get(LONG, longAt(slot, 3));
    }

    void hash(int slot, long high, long low) {
        segment(slot).set(LONG, longAt(slot, 2), high);
        segment(slot).set(LONG, longAt(slot, 3), low);
    }

    int ref(int slot) {
        return segment(slot).get(INT, refAt(slot));
    }

    void ref(int slot, int ref) {
        segment(slot).set(INT, refAt(slot), ref);
    }

    private MemorySegment segment(int slot) {
        return blocks[extents.of(slot)].segment();
    }

    // A block holds its columns one after the other: codes · numbers · 4 × i64 · [shares] · refs · exponents.

    private long codeAt(int slot, int word) {
        int i = slot - extents.start(extents.of(slot));
        return ((long) (i / GROUP * words + word) * GROUP + i % GROUP) * Long.BYTES;
    }

    private long numbersAt(int slot) {
        int block = extents.of(slot);
        return (long) extents.capacity(block) * words * Long.BYTES
                + (long) (slot - extents.start(block)) * 2 * dimension;
    }

    private long longAt(int slot, int field) {
        int block = extents.of(slot);
        int capacity = extents.capacity(block);
        return (long) capacity * (words * Long.BYTES + 2L * dimension)
                + ((long) field * capacity + slot - extents.start(block)) * Long.BYTES;
    }

    private long shareAt(int slot) {
        int block = extents.of(slot);
        int capacity = extents.capacity(block);
        return (long) capacity * (slotBytes - Short.BYTES - Integer.BYTES - 1)
                + (long) (slot - extents.start(block)) * Short.BYTES;
    }

    private long refAt(int slot) {
        int block = extents.of(slot);
        int capacity = extents.capacity(block);
        return (long) capacity * (slotBytes - Integer.BYTES - 1)
                + (long) (slot - extents.start(block)) * Integer.BYTES;
    }

    private long exponentAt(int slot) {
        int block = extents.of(slot);
        return (long) extents.capacity(block) * (slotBytes - 1) + slot - extents.start(block);
    }

    void close() {
        for (int i = 0; i < blocks.length; i++) {
            if (blocks[i] != null) {
                blocks[i].close();
                blocks[i] = null;
            }
        }
        count = 0;
    }
}
