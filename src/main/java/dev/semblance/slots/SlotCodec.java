package dev.semblance.slots;

import dev.semblance.record.RawRecord;
import dev.semblance.record.RawRecord.RawHeader;
import dev.semblance.record.SourcePosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Changelog form of a held record: version, sequence, coordinates, timestamp, key, value, headers. */
final class SlotCodec {

    private static final byte VERSION = 1;

    private SlotCodec() {}

    static byte[] encode(long sequence, RawRecord raw) {
        int size = 64 + length(raw.key()) + length(raw.value());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(sequence);
            out.writeUTF(raw.source().topic());
            out.writeInt(raw.source().partition());
            out.writeLong(raw.source().offset());
            out.writeLong(raw.timestampMs());
            write(out, raw.key());
            write(out, raw.value());
            out.writeInt(raw.headers().size());
            for (RawHeader header : raw.headers()) {
                write(out, header.key().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                write(out, header.value());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException where the bytes were not written by a version known here */
    static Slot decode(int number, byte[] value) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalStateException("in-flight slot " + number + " was written in format " + version
                        + ", this version reads " + VERSION + "; finish the stream with the version that wrote it");
            }
            long sequence = in.readLong();
            SourcePosition source = new SourcePosition(in.readUTF(), in.readInt(), in.readLong());
            long timestampMs = in.readLong();
            byte[] key = read(in);
            byte[] payload = read(in);
            int headerCount = in.readInt();
            List<RawHeader> headers = new ArrayList<>();
            for (int i = 0; i < headerCount; i++) {
                headers.add(new RawHeader(new String(read(in), java.nio.charset.StandardCharsets.UTF_8), read(in)));
            }
            return new Slot(number, sequence, -1, new RawRecord(source, timestampMs, key, payload, headers));
        } catch (IOException e) {
            throw new IllegalStateException("in-flight slot " + number + " is cut short (" + value.length + " bytes)",
                    e);
        }
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte[] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new java.io.EOFException("expected " + length + " bytes, found " + bytes.length);
        }
        return bytes;
    }
}
