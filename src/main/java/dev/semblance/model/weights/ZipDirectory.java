package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A zip file's entries as parts of its memory. Only what PyTorch writes is read: stored, not encrypted, in one volume; so
 * nothing is ever unpacked. After PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3.
 */
final class ZipDirectory {

    /**
     * @param method 0 for stored
     * @param from   of the local header
     */
    private record Entry(String name, int flags, int method, int crc, long packed, long size, long from) {}

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT_BYTES = 0xffff;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int END64 = 0x06064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int EXTRA64 = 1;
    private static final long SEE_EXTRA = 0xffffffffL;
    private static final int ENCRYPTED = 1;
    private static final int MAX_ENTRIES = 2 * Elements.MAX_TENSORS;
    private static final int CRC_STEP = 1 << 26;

    private final String source;
    private final MemorySegment file;
    private final Map<String, Entry> entries = new HashMap<>();
    private long directoryFrom;

    private ZipDirectory(String source, MemorySegment file) {
        this.source = source;
        this.file = file;
    }

    /** @param source named in errors */
    static ZipDirectory read(String source, MemorySegment file) {
        ZipDirectory zip = new ZipDirectory(source, file);
        zip.readDirectory(zip.end());
        zip.requireApart();
        return zip;
    }

    Set<String> names() {
        return entries.keySet();
    }

    /** The content of an entry, its checksum verified. */
    MemorySegment bytes(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw fault("has no entry " + Shown.name(name));
        }
        if (entry.method != 0 || entry.packed != entry.size || (entry.flags & ENCRYPTED) != 0) {
            throw fault("has a compressed or encrypted entry " + Shown.name(name) + ", but torch.save only stores");
        }
        Cursor local = new Cursor(source, file.asSlice(0, directoryFrom), entry.from);
        if (local.i32() != LOCAL) {
            throw fault("has no entry at byte " + entry.from + ", where its directory has " + Shown.name(name));
        }
        local.skip(22);
        int nameBytes = local.u16();
        int extraBytes = local.u16();
        if (!local.text(nameBytes).equals(name)) {
            throw fault("has two names for the entry " + Shown.name(name));
        }
        local.skip(extraBytes);
        MemorySegment bytes = local.slice(entry.size);
        if (crc(bytes) != entry.crc) {
            throw fault("has an entry " + Shown.name(name) + " whose checksum is wrong");
        }
        return bytes;
    }

    /** A cursor at the end record, which is the last thing in the file but for a comment. */
    private Cursor end() {
        long last = file.byteSize() - END_BYTES;
        for (long at = last; at >= 0 && at >= last - MAX_COMMENT_BYTES; at--) {
            if (file.get(Elements.INT, at) == END && (file.get(Elements.SHORT, at + 20) & 0xffff) == last - at) {
                return new Cursor(source, file, at);
            }
        }
        throw fault("is cut short: it begins as a zip file, but has no directory at its end");
    }

    private void readDirectory(Cursor end) {
        long endAt = end.at();
        end.skip(10);
        long count = end.u16();
        long size = end.u32();
        directoryFrom = end.u32();
        if (endAt >= LOCATOR64_BYTES && file.get(Elements.INT, endAt - LOCATOR64_BYTES) == LOCATOR64) {
            long end64 = file.get(Elements.LONG, endAt - LOCATOR64_BYTES + 8);
            if (end64 < 0 || end64 > endAt) {
                throw fault("has a directory beyond its end");
            }
            Cursor wide = new Cursor(source, file, end64);
            if (wide.i32() != END64) {
                throw fault("has no directory where it says");
            }
            wide.skip(28);
            count = wide.i64();
            size = wide.i64();
            directoryFrom = wide.i64();
        }
        if (count < 0 || count > MAX_ENTRIES) {
            throw fault("has " + Long.toUnsignedString(count) + " entries, more than the " + MAX_ENTRIES + " it may");
        }
        if (directoryFrom < 0 || size < 0 || directoryFrom > endAt || size > endAt - directoryFrom) {
            throw fault("has a directory outside itself");
        }
        Cursor directory = new Cursor(source, file.asSlice(0, directoryFrom + size), directoryFrom);
        for (int i = 0; i < count; i++) {
            Entry entry = entry(directory);
            if (entries.put(entry.name, entry) != null) {
                throw fault("has two entries " + Shown.name(entry.name));
            }
        }
        if (directory.remaining() != 0) {
            throw fault("has more in its directory than the " + count + " entries it counts");
        }
    }

    private Entry entry(Cursor in) {
        if (in.i32() != CENTRAL) {
            throw fault("has a damaged directory at byte " + in.at());
        }
        in.skip(4);
        int flags = in.u16();
        int method = in.u16();
        in.skip(4);
        int crc = in.i32();
        long packed = in.u32();
        long size = in.u32();
        int nameBytes = in.u16();
        int extraBytes = in.u16();
        int commentBytes = in.u16();
        in.skip(8);
        long from = in.u32();
        String name = in.text(nameBytes);
        Cursor extra = new Cursor(source, in.slice(extraBytes), 0);
        in.skip(commentBytes);
        if (size == SEE_EXTRA || packed == SEE_EXTRA || from == SEE_EXTRA) {
            Cursor wide = extra64(extra, name);
            size = size == SEE_EXTRA ? wide.i64() : size;
            packed = packed == SEE_EXTRA ? wide.i64() : packed;
            from = from == SEE_EXTRA ? wide.i64() : from;
        }
        if (size < 0 || packed < 0 || from < 0 || from > directoryFrom || packed > directoryFrom - from) {
            throw fault("has an entry " + Shown.name(name) + " that reaches outside the file");
        }
        return new Entry(name, flags, method, crc, packed, size, from);
    }

    private Cursor extra64(Cursor extra, String name) {
        while (extra.remaining() >= 4) {
            int id = extra.u16();
            MemorySegment field = extra.slice(extra.u16());
            if (id == EXTRA64) {
                return new Cursor(source, field, 0);
            }
        }
        throw fault("has an entry " + Shown.name(name) + " without its size");
    }

    /** Entries that share bytes are a known trick; no writer makes them. */
    private void requireApart() {
        List<Entry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(Entry::from));
        long end = 0;
        for (Entry e : inOrder) {
            if (e.from < end) {
                throw fault("has entries that overlap at " + Shown.name(e.name));
            }
            end = e.from + LOCAL_BYTES + e.packed;
        }
    }

    private static int crc(MemorySegment bytes) {
        CRC32 crc = new CRC32();
        for (long at = 0; at < bytes.byteSize(); at += CRC_STEP) {
            crc.update(bytes.asSlice(at, Math.min(CRC_STEP, bytes.byteSize() - at)).asByteBuffer());
        }
        return (int) crc.getValue();
    }

    private ModelException fault(String what) {
        return new ModelException(
                source + ": " + what + "; the file is damaged or was not written by torch.save: fetch it again");
    }
}
