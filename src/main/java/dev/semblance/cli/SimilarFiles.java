package dev.semblance.cli;

import dev.semblance.cli.LineVectors.Line;
import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.vector.VectorKernels;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;

/**
 * Cosines of the lines of two files: line i with line i, or every line with every other. A line without a vector leaves
 * a gap, so that places stay what they are. Thread: the main thread.
 */
final class SimilarFiles {

    private static final int IN_FLIGHT = 1_024;
    /** Rows of the matrix computed at a time. */
    private static final int ROWS = 64;

    private record Pair(Line a, Line b) {}

    private final Config config;
    private final EmbeddingSteps steps;
    private final Console console;
    private long done;

    SimilarFiles(Config config, EmbeddingSteps steps, Console console) {
        this.config = config;
        this.steps = steps;
        this.console = console;
    }

    /**
     * One row a pair of lines.
     *
     * @return lines without a vector, in both files
     * @throws CommandFailure where one file has more lines than the other; the pairs before are handed out
     */
    long pairs(String fileA, String fileB, OutputStream out, CosineFormat format) throws IOException {
        try (LineVectors a = open(fileA); LineVectors b = open(fileB)) {
            if (format == CosineFormat.npy) {
                List<float[]> column = new ArrayList<>();
                pairs(a, b, column::add);
                try (CosineRows rows = new CosineRows(out, format, false, column.size(), 1)) {
                    for (float[] cosine : column) {
                        rows.add(cosine);
                    }
                }
            } else {
                try (CosineRows rows = new CosineRows(out, format, false, 0, 0)) {
                    pairs(a, b, rows::add);
                }
            }
            return a.rejected() + b.rejected();
        }
    }

    private interface Sink {
        void add(float[] cosine) throws IOException;
    }

    private void pairs(LineVectors a, LineVectors b, Sink sink) throws IOException {
        Queue<Pair> inFlight = new ArrayDeque<>();
        Line nextA = a.next();
        Line nextB = b.next();
        while (nextA != null && nextB != null) {
            inFlight.add(new Pair(nextA, nextB));
            if (inFlight.size() > IN_FLIGHT) {
                finish(inFlight.remove(), a, b, sink);
            }
            nextA = a.next();
            nextB = b.next();
        }
        while (!inFlight.isEmpty()) {
            finish(inFlight.remove(), a, b, sink);
        }
        if (nextA != null || nextB != null) {
            LineVectors longer = nextA != null ? a : b;
            throw new CommandFailure((nextA != null ? b : a).name() + " ends after " + done + " lines, but "
                    + longer.name() + " goes on: pairs need as many lines in both; --matrix compares every line"
                    + " with every other");
        }
    }

    private void finish(Pair pair, LineVectors a, LineVectors b, Sink sink) throws IOException {
        sink.add(new float[]{cosine(a.await(pair.a()), b.await(pair.b()))});
        console.progress(++done, "");
    }

    /**
     * A row a line of the first file, a column a line of the second.
     *
     * @return lines without a vector, in both files
     */
    long matrix(String fileA, String fileB, OutputStream out, CosineFormat format) throws IOException {
        try (LineVectors a = open(fileA); LineVectors b = open(fileB)) {
            List<float[]> rowVectors = all(a);
            List<float[]> columnVectors = all(b);
            try (CosineRows rows = new CosineRows(out, format, true, rowVectors.size(), columnVectors.size())) {
                for (int from = 0; from < rowVectors.size(); from += ROWS) {
                    List<float[]> computed = IntStream.range(from, Math.min(from + ROWS, rowVectors.size())).parallel()
                            .mapToObj(i -> row(rowVectors.get(i), columnVectors)).toList();
                    for (float[] row : computed) {
                        rows.add(row);
                    }
                }
            }
            return a.rejected() + b.rejected();
        }
    }

    private List<float[]> all(LineVectors lines) throws IOException {
        List<float[]> vectors = new ArrayList<>();
        Queue<Line> inFlight = new ArrayDeque<>();
        for (Line line = lines.next(); line != null; line = lines.next()) {
            inFlight.add(line);
            if (inFlight.size() > IN_FLIGHT) {
                vectors.add(lines.await(inFlight.remove()));
            }
            console.progress(++done, "");
        }
        while (!inFlight.isEmpty()) {
            vectors.add(lines.await(inFlight.remove()));
        }
        return vectors;
    }

    private static float[] row(float[] a, List<float[]> columns) {
        float[] row = new float[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = cosine(a, columns.get(i));
        }
        return row;
    }

    /** Of unit vectors; NaN where one is missing. */
    private static float cosine(float[] a, float[] b) {
        return a == null || b == null ? Float.NaN : Math.clamp(VectorKernels.dot(a, b), -1f, 1f);
    }

    private LineVectors open(String file) throws IOException {
        return new LineVectors(file, config, steps, console);
    }
}
