package dev.semblance.model.weights;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs pickles and storages as torch.save does, by the JDK's own zip writer. */
final class TorchZip {

    private TorchZip() {}

    static byte[] of(byte[] pickle, Map<String, byte[]> storages) {
        return zip(entries(pickle, storages), ZipEntry.STORED);
    }

    static byte[] deflated(byte[] pickle, Map<String, byte[]> storages) {
        return zip(entries(pickle, storages), ZipEntry.DEFLATED);
    }

    static byte[] named(String name, byte[] content) {
        return zip(Map.of(name, content), ZipEntry.STORED);
    }

    /** All sizes and offsets where archives beyond 4 GiB have them. */
    static byte[] wide(byte[] pickle, Map<String, byte[]> storages) {
        ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer directory = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, byte[]> entries = entries(pickle, storages);
        entries.forEach((name, content) -> {
            CRC32 crc = new CRC32();
            crc.update(content);
            directory.putInt(0x02014b50).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0)
                    .putInt((int) crc.getValue()).putInt(-1).putInt(-1).putShort((short) name.length())
                    .putShort((short) 34).putShort((short) 0).putLong(0).putInt(-1).put(name.getBytes(US_ASCII))
                    .putInt(0x00020042).putShort((short) 0).putInt(0x00180001).putLong(content.length)
                    .putLong(content.length).putLong(out.position());
            out.putInt(0x04034b50).put(new byte[22]).putShort((short) name.length()).putShort((short) 0)
                    .put(name.getBytes(US_ASCII)).put(content);
        });
        long at = out.position();
        long end = at + directory.position();
        out.put(directory.flip()).putInt(0x06064b50).putLong(44).putInt(45).putLong(0).putLong(entries.size())
                .putLong(entries.size()).putLong(end - at).putLong(at).putInt(0x07064b50).putInt(0).putLong(end)
                .putInt(1).putInt(0x06054b50).putInt(0).putInt(-1).putLong(-1).putShort((short) 0);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static Map<String, byte[]> entries(byte[] pickle, Map<String, byte[]> storages) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", pickle);
        new TreeMap<>(storages).forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
        return entries;
    }

    private static byte[] zip(Map<String, byte[]> entries, int method) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> e : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(e.getKey());
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    CRC32 crc = new CRC32();
                    crc.update(e.getValue());
                    entry.setCrc(crc.getValue());
                    entry.setSize(e.getValue().length);
                }
                zip.putNextEntry(entry);
                zip.write(e.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
