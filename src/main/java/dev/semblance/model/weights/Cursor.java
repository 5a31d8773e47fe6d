package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads memory forwards, never beyond its end.
 *
 * <p>
 * Thread: one owner.
 */
final class Cursor {

    private static final int MAX_TEXT_BYTES = 1 << 20;

    private final String source;
    private final MemorySegment bytes;
    private long at;

    /** @param source named in errors */
    Cursor(String source, MemorySegment bytes, long at) {
        this.source = source;
        this.bytes = bytes;
        this.at = at;
    }

    long at() {
        return at;
    }

    long remaining() {
        return bytes.byteSize() - at;
    }

    int u8() {
        return bytes.get(Elements.BYTE, take(1)) & 0xff;
    }

    int u16() {
        return bytes.get(Elements.SHORT, take(2)) & 0xffff;
    }

    int i32() {
        return bytes.get(Elements.INT, take(4));
    }

    long u32() {
        return i32() & 0xffffffffL;
    }

    long i64() {
        return bytes.get(Elements.LONG, take(8));
    }

    MemorySegment slice(long length) {
        return bytes.asSlice(take(length), length);
    }

    void skip(long length) {
        take(length);
    }

    /** UTF-8. */
    String text(long length) {
        if (length < 0 || length > MAX_TEXT_BYTES) {
            throw fault("has a text of " + length + " bytes, more than the " + MAX_TEXT_BYTES + " it may have");
        }
        byte[] text = slice(length).toArray(Elements.BYTE);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw new ModelException(message("has a text that is not in UTF-8"), e);
        }
    }

    /** Up to the next line feed, which is skipped. */
    String line() {
        long end = at;
        while (end < bytes.byteSize() && bytes.get(Elements.BYTE, end) != '\n') {
            end++;
            if (end - at > MAX_TEXT_BYTES) {
                throw fault("has a name without end");
            }
        }
        String line = text(end - at);
        take(1);
        return line;
    }

    ModelException fault(String what) {
        return new ModelException(message(what));
    }

    private String message(String what) {
        return source + ": " + what + " (before byte " + at + "); fetch the file again";
    }

    private long take(long length) {
        if (length < 0 || length > remaining()) {
            throw fault("is cut short or damaged: " + length + " bytes are wanted and " + remaining() + " are left");
        }
        long start = at;
        at += length;
        return start;
    }
}
