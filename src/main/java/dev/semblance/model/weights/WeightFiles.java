package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the weights in a folder as published on model hubs. */
public final class WeightFiles {

    /** Reads the tensors of one file. */
    @FunctionalInterface
    interface Reader {

        /** @param source named in errors */
        SortedMap<String, Tensor> read(String source, MemorySegment file);
    }

    private static final int LISTED_FILES = 20;

    /** A format: the file if it is one, and the index if it is several. */
    private record Format(String file, String extension, Reader reader) {

        String index() {
            return file + ".index.json";
        }
    }

    /** In this order: safetensors first, because it holds nothing but numbers. */
    private static final List<Format> FORMATS = List.of(
            new Format("model.safetensors", ".safetensors", SafetensorsReader::read),
            new Format("pytorch_model.bin", ".bin", TorchReader::read));

    /** Files to look for, in this order. */
    public static final List<String> NAMES = FORMATS.stream().flatMap(f -> Stream.of(f.file(), f.index())).toList();

    private WeightFiles() {}

    /**
     * The first found of model.safetensors, its index with shards, pytorch_model.bin, its index with shards. The files
     * are mapped until the weights are closed, and checked as a whole; values are read when asked for.
     *
     * @throws ModelException if there are none, or they are not what they should be
     */
    public static Weights open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelException(folder + ": " + (Files.exists(folder) ? "is no folder" : "there is no such folder")
                    + "; give a folder with config.json and " + expected());
        }
        for (Format format : FORMATS) {
            if (present(folder.resolve(format.file()))) {
                return single(folder.resolve(format.file()), format.reader());
            }
            Path index = folder.resolve(format.index());
            if (present(index)) {
                return ShardedWeights.open(index, format.extension(), format.reader());
            }
        }
        throw new ModelException(folder + ": has no weights; it holds " + listing(folder) + ", but should hold "
                + expected());
    }

    private static Weights single(Path file, Reader reader) {
        MappedFile mapped = MappedFile.open(file);
        try {
            return new FileWeights(file.toString(), reader.read(file.toString(), mapped.bytes()), List.of(mapped));
        } catch (RuntimeException | Error e) {
            mapped.close();
            throw e;
        }
    }

    /** A dangling link counts as present: it is refused rather than passed over for the next format. */
    private static boolean present(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static String expected() {
        return FORMATS.stream().flatMap(f -> Stream.of(f.file(), f.index() + " with its shards"))
                .collect(Collectors.joining(", or "));
    }

    private static String listing(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(f -> Shown.name(f.getFileName().toString())).sorted().toList();
            if (names.isEmpty()) {
                return "nothing";
            }
            return names.stream().limit(LISTED_FILES).collect(Collectors.joining(", "))
                    + (names.size() > LISTED_FILES ? " and " + (names.size() - LISTED_FILES) + " more" : "");
        } catch (IOException e) {
            throw new ModelException(folder + ": cannot be read: " + e + "; check its permissions", e);
        }
    }
}
