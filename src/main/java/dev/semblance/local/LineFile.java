package dev.semblance.local;

import java.io.IOException;

/**
 * The lines of a file as bytes, blank ones too, read as they are asked for: for files whose line numbers mean something.
 * Gzip is known by its first bytes; a carriage return before the line's end and a byte order mark at the file's
 * beginning are not part of a line.
 *
 * <p>Thread: one.
 */
public final class LineFile implements AutoCloseable {

    private final String name;
    private final LineReader lines;

    private LineFile(ByteSource source) {
        name = source.name();
        lines = new LineReader(source.in(), ReplayFile.MAX_LINE_BYTES);
    }

    /**
     * @param file a path; {@code -} for standard input, which is not closed
     * @throws IOException where it cannot be opened; the message names file and reason
     */
    public static LineFile open(String file) throws IOException {
        return new LineFile(ByteSource.open(file));
    }

    /** For messages: the path, or {@code standard input}. */
    public String name() {
        return name;
    }

    /**
     * The next line without its end; null at the end.
     *
     * @throws IOException where the file breaks off, or a line is too long; the message names file and line
     */
    public byte[] next() throws IOException {
        try {
            return lines.next();
        } catch (IOException e) {
            throw new IOException(name + ", line " + (lines.count() + 1) + ": " + e.getMessage(), e);
        }
    }

    /** Lines read so far, which is the number of the last one. */
    public long count() {
        return lines.count();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
