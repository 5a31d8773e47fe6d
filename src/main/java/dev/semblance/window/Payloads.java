package dev.semblance.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What an entry has of no fixed length: its id, and where there are any, the hash of its figures and its text. Records
 * of one size class lie densely in pages off the heap; removing one moves the last of its class into its place, so that
 * there are no holes and the memory in use follows from the records alone.
 *
 * <pre>
 * u16 bytes of the id · u8 flags (1: figures, 2: text) · [i64 figures hash] · [i32 bytes of the text] · id · text
 * </pre>
 *
 * <p>A reference is 7 bits of class and 25 of place. It changes when the record is moved: {@link Moves} is told.
 *
 * <p>Thread: guarded by the lock of {@link VectorIndex}.
 */
final class Payloads {

    /** Most records of one class. */
    static final int MAX_RECORDS = 1 << 25;

    private static final int PLACE_BITS = 25;
    private static final int PAGE_BYTES = 16 << 10;
    private static final int FIGURES = 1;
    private static final int TEXT = 2;
    private static final int CLASSES = 108;
    private static final int MAX_ID_BYTES = 0xffff;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Told that a record has moved, while both places still hold it. */
    @FunctionalInterface
    interface Moves {
        void moved(int from, int to);
    }

    /** The records of one size. */
    private static final class SizeClass {
        final int sizeBytes;
        final Extents extents;
        NativeMemory[] pages = new NativeMemory[2];
        int count;

        SizeClass(int sizeBytes) {
            this.sizeBytes = sizeBytes;
            int perPage = Math.clamp(Integer.highestOneBit(Math.max(1, PAGE_BYTES / sizeBytes)), Extents.MIN, 256);
            this.extents = new Extents(perPage);
        }

        /** Allocates the page of the next record where it is not there yet: one page is kept beyond the last in use. */
        void makeRoom() {
            int page = extents.of(count);
            if (page == pages.length) {
                pages = Arrays.copyOf(pages, page + (page >> 1) + 1);
            }
            if (pages[page] == null) {
                pages[page] = NativeMemory.allocate((long) extents.capacity(page) * sizeBytes);
            }
        }

        void dropLast() {
            count--;
            int spare = count == 0 ? 0 : extents.of(count - 1) + 2;
            if (spare < pages.length && pages[spare] != null) {
                pages[spare].close();
                pages[spare] = null;
            }
            if (count == 0) {
                closeAll();
            }
        }

        void closeAll() {
            for (int i = 0; i < pages.length; i++) {
                if (pages[i] != null) {
                    pages[i].close();
                    pages[i] = null;
                }
            }
        }

        MemorySegment page(int place) {
            return pages[extents.of(place)].segment();
        }

        long offset(int place) {
            return (long) (place - extents.start(extents.of(place))) * sizeBytes;
        }

        long bytes() {
            long items = 0;
            int last = extents.count(count) - 1;
            if (last >= 0) {
                items = extents.start(last) + extents.capacity(last);
            }
            return items * sizeBytes;
        }
    }

    private final SizeClass[] classes = new SizeClass[CLASSES];
    private final Moves moves;

    Payloads(Moves moves) {
        this.moves = moves;
    }

    /** Steps of 4 bytes up to 128, of 16 up to 512, and of a quarter of the power of two below from then on. */
    static int sizeClass(int bytes) {
        if (bytes <= 128) {
            return (bytes + 3) / 4 - 1;
        }
        if (bytes <= 512) {
            return 32 + (bytes - 129) / 16;
        }
        int log = 31 - Integer.numberOfLeadingZeros(bytes - 1);
        return 56 + (log - 9) * 4 + (bytes - 1 - (1 << log) >> log - 2);
    }

    /** Bytes of a record of that class. */
    static int classBytes(int sizeClass) {
        if (sizeClass < 32) {
            return (sizeClass + 1) * 4;
        }
        if (sizeClass < 56) {
            return 128 + (sizeClass - 31) * 16;
        }
        int log = 9 + (sizeClass - 56) / 4;
        return (1 << log) + ((sizeClass - 56) % 4 + 1 << log - 2);
    }

    /** @throws IllegalArgumentException where a record would be too large */
    static void check(String name, byte[] id, byte[] text) {
        if (id.length > MAX_ID_BYTES) {
            throw new IllegalArgumentException("the id that begins with " + name.substring(0, 64) + " has " + id.length
                    + " bytes; at most " + MAX_ID_BYTES + " fit");
        }
        long length = 15L + id.length + (text == null ? 0 : text.length);
        if (length > classBytes(CLASSES - 1)) {
            throw new IllegalArgumentException("id and text of entry " + name + " take " + length
                    + " bytes; at most " + classBytes(CLASSES - 1) + " fit");
        }
    }

    /**
     * Adds a record that has been checked.
     *
     * @param text null where there is none
     * @return the reference
     */
    int add(byte[] id, long figuresHash, byte[] text) {
        int length = 3 + id.length + (figuresHash == 0 ? 0 : 8) + (text == null ? 0 : 4 + text.length);
        int c = sizeClass(length);
        SizeClass home = classes[c] == null ? classes[c] = new SizeClass(classBytes(c)) : classes[c];
        if (home.count == MAX_RECORDS) {
            throw new IllegalStateException("the window holds " + MAX_RECORDS + " entries with ids and texts of "
                    + home.sizeBytes + " bytes, the most there can be; shorten the window");
        }
        home.makeRoom();
        int place = home.count++;
        write(home.page(place), home.offset(place), id, figuresHash, text);
        return c << PLACE_BITS | place;
    }

    private static void write(MemorySegment page, long offset, byte[] id, long figuresHash, byte[] text) {
        page.set(SHORT, offset, (short) id.length);
        page.set(ValueLayout.JAVA_BYTE, offset + 2, (byte) ((figuresHash == 0 ? 0 : FIGURES) | (text == null
                ? 0
                : TEXT)));
        long at = offset + 3;
        if (figuresHash != 0) {
            page.set(LONG, at, figuresHash);
            at += 8;
        }
        if (text != null) {
            page.set(INT, at, text.length);
            at += 4;
            MemorySegment.copy(text, 0, page, ValueLayout.JAVA_BYTE, at + id.length, text.length);
        }
        MemorySegment.copy(id, 0, page, ValueLayout.JAVA_BYTE, at, id.length);
    }

    void remove(int ref) {
        SizeClass home = home(ref);
        int place = place(ref);
        int last = home.count - 1;
        if (place != last) {
            MemorySegment.copy(home.page(last), home.offset(last), home.page(place), home.offset(place),
                    home.sizeBytes);
            moves.moved(ref - place + last, ref);
        }
        home.dropLast();
    }

    private SizeClass home(int ref) {
        return classes[ref >>> PLACE_BITS];
    }

    private static int place(int ref) {
        return ref & MAX_RECORDS - 1;
    }

    byte[] id(int ref) {
        MemorySegment page = home(ref).page(place(ref));
        long offset = home(ref).offset(place(ref));
        byte[] id = new byte[idLength(page, offset)];
        MemorySegment.copy(page, ValueLayout.JAVA_BYTE, idOffset(page, offset), id, 0, id.length);
        return id;
    }

    boolean hasId(int ref, byte[] id) {
        MemorySegment page = home(ref).page(place(ref));
        long offset = home(ref).offset(place(ref));
        if (idLength(page, offset) != id.length) {
            return false;
        }
        long at = idOffset(page, offset);
        for (int i = 0; i < id.length; i++) {
            if (page.get(ValueLayout.JAVA_BYTE, at + i) != id[i]) {
                return false;
            }
        }
        return true;
    }

    /** {@link #hash(byte[], long)} of the id. */
    long idHash(int ref, long seed) {
        MemorySegment page = home(ref).page(place(ref));
        long offset = home(ref).offset(place(ref));
        int length = idLength(page, offset);
        long at = idOffset(page, offset);
        long hash = seed;
        for (int i = 0; i < length; i++) {
            hash = step(hash, page.get(ValueLayout.JAVA_BYTE, at + i));
        }
        return mix(hash);
    }

    /** @param seed drawn anew for each table, so that nobody can choose ids that collide */
    static long hash(byte[] id, long seed) {
        long hash = seed;
        for (byte b : id) {
            hash = step(hash, b);
        }
        return mix(hash);
    }

    private static long step(long hash, byte b) {
        return (hash ^ b & 0xff) * 0x9e3779b97f4a7c15L + (hash >>> 47);
    }

    /** The finisher of SplitMix64. */
    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    long figuresHash(int ref) {
        MemorySegment page = home(ref).page(place(ref));
        long offset = home(ref).offset(place(ref));
        return (flags(page, offset) & FIGURES) == 0 ? 0 : page.get(LONG, offset + 3);
    }

    /** Null where there is none. */
    String text(int ref) {
        MemorySegment page = home(ref).page(place(ref));
        long offset = home(ref).offset(place(ref));
        if ((flags(page, offset) & TEXT) == 0) {
            return null;
        }
        long id = idOffset(page, offset);
        byte[] text = new byte[page.get(INT, id - 4)];
        MemorySegment.copy(page, ValueLayout.JAVA_BYTE, id + idLength(page, offset), text, 0, text.length);
        return new String(text, UTF_8);
    }

    private static int idLength(MemorySegment page, long offset) {
        return page.get(SHORT, offset) & 0xffff;
    }

    private static int flags(MemorySegment page, long offset) {
        return page.get(ValueLayout.JAVA_BYTE, offset + 2);
    }

    private static long idOffset(MemorySegment page, long offset) {
        int flags = flags(page, offset);
        return offset + 3 + ((flags & FIGURES) == 0 ? 0 : 8) + ((flags & TEXT) == 0 ? 0 : 4);
    }

    /** Bytes of the pages in use. */
    long sizeBytes() {
        long bytes = 0;
        for (SizeClass c : classes) {
            bytes += c == null ? 0 : c.bytes();
        }
        return bytes;
    }

    void close() {
        for (SizeClass c : classes) {
            if (c != null) {
                c.closeAll();
                c.count = 0;
            }
        }
    }
}
