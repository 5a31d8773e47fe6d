package dev.semblance.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The events of a file, one a line, read as they are asked for: JSON (when the first line that is not blank begins with
 * a brace) or plain text; gzip is known by its first bytes. Lines go out byte for byte, broken ones too: judging them
 * is the decoder's work. Blank lines are skipped, a carriage return before the line's end and a byte order mark at the
 * file's beginning are not part of a line.
 * <p>
 * Thread: one.
 */
public final class ReplayFile implements Iterator<FeedRecord>, AutoCloseable {

    /** The largest line, in bytes: what a broker takes as one record by this program's settings. */
    public static final int MAX_LINE_BYTES = 16 << 20;

    private final String name;
    private final LineReader lines;
    private final EventFields fields;
    private Boolean json;
    private FeedRecord next;

    private ReplayFile(String name, InputStream in, EventFields fields) {
        this.name = name;
        this.lines = new LineReader(in, MAX_LINE_BYTES);
        this.fields = fields;
    }

    /** With the well-known fields: {@code id_str}, {@code id}, {@code created_at}, {@code timestamp} and the like. */
    public static ReplayFile open(String file) throws IOException {
        return open(file, null, null);
    }

    /**
     * @param file      a path; {@code -} for standard input, which is not closed
     * @param idField   field or JSON pointer of the id; null for the well-known names
     * @param timeField field or JSON pointer of the time; null for the well-known names
     * @throws IOException where it cannot be opened; the message names file and reason
     */
    public static ReplayFile open(String file, String idField, String timeField) throws IOException {
        EventFields fields = new EventFields(idField, timeField);
        ByteSource source = ByteSource.open(file);
        return new ReplayFile(source.name(), source.in(), fields);
    }

    /** @throws UncheckedIOException where the file breaks off, or a line is too long; the message names file and line */
    @Override
    public boolean hasNext() {
        try {
            while (next == null) {
                byte[] line = lines.next();
                if (line == null) {
                    return false;
                }
                if (!isBlank(line)) {
                    next = record(line);
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(name + ", line " + (lines.count() + 1) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public FeedRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException(name + " is at its end");
        }
        FeedRecord record = next;
        next = null;
        return record;
    }

    private FeedRecord record(byte[] line) {
        if (json == null) {
            json = new String(line, 0, Math.min(line.length, 64), StandardCharsets.ISO_8859_1).strip().startsWith("{");
        }
        if (!json) {
            return new FeedRecord(null, line, -1);
        }
        EventFields.Found found = fields.find(line);
        byte[] key = found.id() == null ? null : found.id().getBytes(StandardCharsets.UTF_8);
        return new FeedRecord(key, line, found.timeMs());
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            // Bytes of UTF-8 beyond ASCII are negative, and never white space here.
            if (b < 0 || b > ' ') {
                return false;
            }
        }
        return true;
    }

    /** Lines read so far, blank ones too. */
    public long lines() {
        return lines.count();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
