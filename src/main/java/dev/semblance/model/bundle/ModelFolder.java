package dev.semblance.model.bundle;

import dev.semblance.model.FileHash;
import dev.semblance.model.ModelException;
import dev.semblance.model.StandIns;

import dev.semblance.model.bundle.Manifest.Graph;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The files of a model folder, each refused with its name where it is not what it should be. */
final class ModelFolder implements ModelFiles {

    static final String ONNX = "model.onnx";
    static final String TOKENIZER = "tokenizer.json";
    static final String MANIFEST = "manifest.json";

    private static final int TOKENIZER_MAX_BYTES = 48 << 20;
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

    @Override
    public String where() {
        return folder.resolve(MANIFEST).toString();
    }

    @Override
    public String tokenizerName() {
        return folder.resolve(TOKENIZER).toString();
    }

    @Override
    public OnnxHeader header(Graph graph) {
        Path file = checked(graph.file(), Long.MAX_VALUE);
        return mapped(file, bytes -> header(file, bytes));
    }

    @Override
    public Contents contents(Graph graph) {
        Path file = checked(graph.file(), Long.MAX_VALUE);
        record Known(OnnxHeader header, String sha256) {}
        Known known = mapped(file, bytes -> new Known(header(file, bytes), Revision.sha256(bytes)));
        SortedMap<String, String> external = new TreeMap<>();
        for (String name : known.header.externalFiles()) {
            external.put(name, FileHash.of(external(file, name)).sha256());
        }
        return new Contents(new OnnxSource.OfFile(file), known.header, known.sha256, external);
    }

    private static OnnxHeader header(Path file, ByteBuffer bytes) {
        try {
            return OnnxHeader.parse(bytes);
        } catch (IllegalArgumentException e) {
            throw new ModelException(file + ": is no ONNX model: " + e.getMessage() + "; fetch or export it again", e);
        }
    }

    @Override
    public byte[] tokenizer() {
        return bytes(checked(TOKENIZER, TOKENIZER_MAX_BYTES));
    }

    @Override
    public Manifest manifest() {
        return manifest(checked(MANIFEST, MANIFEST_MAX_BYTES));
    }

    /** A manifest by itself. */
    static Manifest manifest(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelException(file + ": " + (Files.exists(file) ? "is no file" : "there is no such file")
                    + "; name a manifest.json or the folder that holds one");
        }
        checkSize(file, MANIFEST_MAX_BYTES);
        return ManifestReader.read(file.toString(), new String(bytes(file), StandardCharsets.UTF_8));
    }

    /** A file of weights that the ONNX file names. */
    private Path external(Path onnx, String name) {
        Path file = folder.resolve(name).toAbsolutePath().normalize();
        if (name.isBlank() || !file.startsWith(folder.toAbsolutePath().normalize())) {
            throw new ModelException(onnx + ": names weights outside its folder: '" + name
                    + "'; export the model with its weights beside it");
        }
        return checked(name, Long.MAX_VALUE);
    }

    /** Reads a file through a mapping that lives as long as the call. At most 2 GiB, the limit of an ONNX file itself. */
    private static <T> T mapped(Path file, Function<ByteBuffer, T> reader) {
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
                    + (Files.exists(file) ? "is no file" : "is missing") + "; a model folder holds "
                    + TOKENIZER + ", " + MANIFEST + " and " + ONNX + " or the graphs that the manifest names"
                    + " (docs/MODELS.md)");
        }
        checkSize(file, maxBytes);
        return file;
    }

    private static void checkSize(Path file, long maxBytes) {
        try {
            long size = Files.size(file);
            if (size == 0 || size > maxBytes) {
                throw new ModelException(file + ": has " + size + " bytes"
                        + (size == 0 ? "; fetch it again" : ", more than the " + maxBytes + " it may have"));
            }
            StandIns.refuse(file);
        } catch (IOException e) {
            throw unreadable(file, e);
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
