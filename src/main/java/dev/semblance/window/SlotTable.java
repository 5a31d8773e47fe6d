package dev.semblance.window;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * A hash table of slots, by a 64-bit hash that lives with the slot: 4 bytes an entry and no objects. Several entries may
 * have one hash. 256 parts grow on their own, by an eighth, so that growth never copies the whole; in each, entries lie
 * at or behind their home (linear probing, removal by shifting back). The 6 bits of the hash kept beside the slot spare
 * nearly all looks at slots that are not meant.
 *
 * <p>Thread: guarded by the lock of {@link VectorIndex}.
 */
final class SlotTable {

    static final int SLOT_BITS = 26;

    private static final int PARTS = 256;
    private static final int EMPTY = -1;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
    private static final int MIN_CAPACITY = 8;
    private static final int[] NONE = {EMPTY};

    private final IntToLongFunction hashOf;
    private final int[][] parts = new int[PARTS][];
    private final int[] sizes = new int[PARTS];

    /** @param hashOf hash of a slot that is in the table; well mixed */
    SlotTable(IntToLongFunction hashOf) {
        this.hashOf = hashOf;
        Arrays.fill(parts, NONE);
    }

    /** Upper bound on the bytes of a table of that many entries: 0.6 of it full at least. Its fixed part is left out. */
    static long bytes(int entries) {
        return Math.ceilDiv(20L * entries, 3);
    }

    private static int part(long hash) {
        return (int) (hash >>> 56);
    }

    private static int home(long hash, int capacity) {
        return (int) (((hash >>> 16 & 0xffffffffL) * capacity) >>> 32);
    }

    private static int entry(long hash, int slot) {
        return (int) (hash & 63) << SLOT_BITS | slot;
    }

    private static int slot(int entry) {
        return entry & SLOT_MASK;
    }

    void add(long hash, int slot) {
        int p = part(hash);
        // 0.8 of it full at most; so after a growth by an eighth 0.71.
        if ((sizes[p] + 1) * 5L > parts[p].length * 4L) {
            resize(p, parts[p].length + Math.max(2, parts[p].length / 8));
        }
        put(parts[p], entry(hash, slot), hash);
        sizes[p]++;
    }

    private void resize(int p, int capacity) {
        int[] old = parts[p];
        int[] table = new int[Math.max(MIN_CAPACITY, capacity)];
        Arrays.fill(table, EMPTY);
        for (int e : old) {
            if (e != EMPTY) {
                put(table, e, hashOf.applyAsLong(slot(e)));
            }
        }
        parts[p] = table;
    }

    private static void put(int[] table, int entry, long hash) {
        int i = home(hash, table.length);
        while (table[i] != EMPTY) {
            i = next(i, table.length);
        }
        table[i] = entry;
    }

    private static int next(int i, int capacity) {
        return i + 1 == capacity ? 0 : i + 1;
    }

    /** The first slot under that hash that is meant, −1 where there is none. */
    int find(long hash, IntPredicate meant) {
        int i = index(hash, meant);
        return i < 0 ? -1 : slot(parts[part(hash)][i]);
    }

    private int index(long hash, IntPredicate meant) {
        int[] table = parts[part(hash)];
        int kept = (int) (hash & 63);
        for (int i = home(hash, table.length); table[i] != EMPTY; i = next(i, table.length)) {
            if (table[i] >>> SLOT_BITS == kept && meant.test(slot(table[i]))) {
                return i;
            }
        }
        return -1;
    }

    /** Puts another slot into the place of one: the same entry has moved. */
    void replace(long hash, int slot, int by) {
        int i = index(hash, s -> s == slot);
        parts[part(hash)][i] = entry(hash, by);
    }

    void remove(long hash, int slot) {
        int p = part(hash);
        int[] table = parts[p];
        int hole = index(hash, s -> s == slot);
        for (int i = next(hole, table.length); table[i] != EMPTY; i = next(i, table.length)) {
            int home = home(hashOf.applyAsLong(slot(table[i])), table.length);
            // Whether the home lies cyclically in (hole, i]: then the entry has to stay.
            boolean stays = hole <= i ? hole < home && home <= i : hole < home || home <= i;
            if (!stays) {
                table[hole] = table[i];
                hole = i;
            }
        }
        table[hole] = EMPTY;
        sizes[p]--;
        if (sizes[p] * 5L < table.length * 3L && table.length > MIN_CAPACITY) {
            resize(p, Math.ceilDiv(sizes[p] * 10, 7) + 1);
        }
    }
}
