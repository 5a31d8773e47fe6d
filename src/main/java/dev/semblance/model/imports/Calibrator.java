package dev.semblance.model.imports;

import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.graph.Architecture;
import dev.semblance.model.graph.Calibration;
import dev.semblance.model.graph.GraphWriter;
import dev.semblance.model.weights.Weights;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Measures the ranges that int8 graphs are made from, on a few hundred texts that come with the program: posts, headlines,
 * tickets, log lines, in several languages.
 *
 * <p>
 * Thread: stateless.
 */
public final class Calibrator {

    private static final String TEXTS = "/dev/semblance/model/calibration-texts.txt";

    private Calibrator() {}

    /**
     * Writes a graph for it, runs it on all texts and deletes it.
     *
     * @param tokenise a text → token ids, special tokens included, cut at what the model takes
     * @param scratch  folder that has room for the model in fp32
     */
    public static Calibration calibrate(Architecture architecture, Weights weights, Pooling pooling,
            Function<String, int[]> tokenise, RangeRunner runner, Path scratch) {
        List<int[]> tokenIds = texts().stream().map(tokenise).toList();
        try {
            Path folder = Files.createTempDirectory(scratch, "ranges");
            Path graph = folder.resolve("ranges.onnx");
            try {
                GraphWriter.writeRanges(architecture, weights, pooling, graph);
                return Calibration.of(runner.ranges(graph, tokenIds));
            } finally {
                Files.deleteIfExists(graph);
                Files.deleteIfExists(folder.resolve(graph.getFileName() + GraphWriter.EXTERNAL_SUFFIX));
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new ModelException(scratch + ": no graph can be written there: " + e
                    + "; check permissions and free space", e);
        }
    }

    /** One a line. */
    public static List<String> texts() {
        try (InputStream in = Calibrator.class.getResourceAsStream(TEXTS);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the class path cannot be read", e);
        }
    }
}
