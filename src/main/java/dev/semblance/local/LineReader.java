package dev.semblance.local;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits bytes into lines without decoding them. Thread: one. */
final class LineReader implements Closeable {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[1 << 16];
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();
    private int from;
    private int to;
    private long count;

    LineReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The next line without its end; null at the end. */
    byte[] next() throws IOException {
        part.reset();
        while (true) {
            if (from == to && !fill()) {
                return part.size() == 0 ? null : finish();
            }
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            append(end);
            if (end < to) {
                from = end + 1;
                return finish();
            }
            from = end;
        }
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer, 0, buffer.length));
        return to > 0;
    }

    private void append(int end) throws IOException {
        if (part.size() + end - from > maxBytes) {
            throw new IOException("the line is longer than " + maxBytes
                    + " bytes; the file must hold one event a line");
        }
        part.write(buffer, from, end - from);
    }

    private byte[] finish() {
        byte[] line = part.toByteArray();
        int end = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        int begin = count++ == 0 && line.length >= 3 && Arrays.equals(line, 0, 3, BYTE_ORDER_MARK, 0, 3) ? 3 : 0;
        return begin == 0 && end == line.length ? line : Arrays.copyOfRange(line, begin, Math.max(begin, end));
    }

    /** Lines returned so far. */
    long count() {
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
