package dev.semblance.local;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * The bytes behind a file's name, unzipped where they begin like gzip.
 *
 * @param name for messages
 * @param in   the caller closes it; closing does nothing where it is standard input
 */
record ByteSource(String name, InputStream in) {

    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * @param file a path; {@code -} for standard input
     * @throws IOException where it cannot be opened; the message names file and reason
     */
    static ByteSource open(String file) throws IOException {
        if (file.equals("-")) {
            String name = "standard input";
            return new ByteSource(name, unzipped(name, new Unclosable(System.in)));
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new IOException(file + " is a folder; name a file of JSON lines or of plain text");
        }
        if (!Files.exists(path)) {
            throw new FileNotFoundException(file + " does not exist");
        }
        InputStream in;
        try {
            in = Files.newInputStream(path);
        } catch (IOException e) {
            throw new IOException(file + " cannot be opened: " + e, e);
        }
        try {
            return new ByteSource(file, unzipped(file, in));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static InputStream unzipped(String name, InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        try {
            return gzip ? new GZIPInputStream(in, BUFFER_BYTES) : in;
        } catch (IOException e) {
            throw new IOException(name + " begins like gzip, but cannot be unzipped: " + e.getMessage(), e);
        }
    }

    /** Standard input belongs to the process. */
    private static final class Unclosable extends java.io.FilterInputStream {

        Unclosable(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return in.read(b, off, len);
        }

        @Override
        public void close() {
            // Left open on purpose.
        }
    }
}
