package dev.semblance.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;

/** The three files of a model folder, each refused with its name where it is not what it should be. */
final class ModelFolder {

    static final String ONNX = "model.onnx";
    static final String TOKENIZER = "tokenizer.json";
    static final String MANIFEST = "manifest.json";

    private static final int TOKENIZER_MAX_BYTES = 128 << 20;
    private static final int MANIFEST_MAX_BYTES = 1 << 20;

    private final Path folder;

    ModelFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelException("model=" + folder + ": "
                    + (Files.exists(folder) ? "is no folder" : "there is no such folder") + "; give a folder with "
                    + ONNX + ", " + TOKENIZER + " and " + MANIFEST + ", or model=embedded");
        }
        this.folder = folder;
    }

    Path onnx() {
        return checked(ONNX, Long.MAX_VALUE);
    }

    byte[] tokenizer() {
        return bytes(checked(TOKENIZER, TOKENIZER_MAX_BYTES));
    }

    Manifest manifest() {
        Path file = checked(MANIFEST, MANIFEST_MAX_BYTES);
        return ManifestReader.read(file.toString(), new String(bytes(file), StandardCharsets.UTF_8));
    }

    /** A file of weights that the ONNX file names. */
    Path external(String name) {
        Path file = folder.resolve(name).normalize();
        if (name.isBlank() || !file.startsWith(folder.normalize())) {
            throw new ModelException(folder.resolve(ONNX) + ": names weights outside its folder: '" + name
                    + "'; export the model with its weights beside it");
        }
        return checked(name, Long.MAX_VALUE);
    }

    /** Reads a file through a mapping that lives as long as the call. At most 2 GiB, the limit of an ONNX file itself. */
    static <T> T mapped(Path file, Function<ByteBuffer, T> reader) {
        try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new ModelException(file + ": has " + channel.size()
                        + " bytes, more than an ONNX file may have; export the model with external weights");
            }
            return reader.apply(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private Path checked(String name, long maxBytes) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new ModelException(file + ": "
                    + (Files.exists(file) ? "is no file" : "is missing") + "; a model folder holds " + ONNX + ", "
                    + TOKENIZER + " and " + MANIFEST + " (docs/MODELS.md)");
        }
        try {
            long size = Files.size(file);
            if (size == 0 || size > maxBytes) {
                throw new ModelException(file + ": has " + size + " bytes"
                        + (size == 0 ? "; fetch it again" : ", more than the " + maxBytes + " it may have"));
            }
            refuseStandIn(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return file;
    }

    /** Two things often saved in a model's place: a pointer of git-lfs and a web page. */
    private static void refuseStandIn(Path file) throws IOException {
        String start;
        try (var in = Files.newInputStream(file)) {
            start = new String(in.readNBytes(256), StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
        }
        if (start.startsWith("version https://git-lfs")) {
            throw new ModelException(
                    file + ": is a git-lfs pointer, not the file itself; run 'git lfs pull' where it came from");
        }
        if (start.startsWith("<!doctype") || start.startsWith("<html") || start.startsWith("<?xml")) {
            throw new ModelException(file + ": is a web page, not the file itself; fetch it by its download link");
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ModelException unreadable(Path file, IOException e) {
        return new ModelException(file + ": cannot be read: " + e + "; check its permissions", e);
    }
}
