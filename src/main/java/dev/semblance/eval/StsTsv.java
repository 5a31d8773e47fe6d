package dev.semblance.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Tab-separated pairs. Quotes are text, as the sets have single ones. Columns are told by a header ({@code subset} or
 * {@code genre}, {@code score} or {@code relatedness_score}, {@code sentence1} and {@code sentence2} or
 * {@code sentence_A} and {@code sentence_B}, whatever their order); without one, four columns are subset, score and
 * sentences, and seven or more are those of the STS Benchmark (score 5th, sentences 6th and 7th).
 */
final class StsTsv {

    private static final int BENCHMARK_COLUMNS = 7;

    /** Indexes of cells; subset −1 where there is none. {@code count} cells, or at least that many. */
    private record Columns(int count, boolean exactly, int subset, int score, int first, int second) {

        private static final Columns FOUR = new Columns(4, true, 0, 1, 2, 3);
        private static final Columns BENCHMARK = new Columns(BENCHMARK_COLUMNS, false, 0, 4, 5, 6);

        boolean fit(int cells) {
            return exactly ? cells == count : cells >= count;
        }
    }

    private final List<StsPair> pairs = new ArrayList<>();
    private int unscored;

    private StsTsv() {}

    /** Several files become one set, one after the other. */
    static StsSet read(String name, String source, List<Path> files, List<String> missing) throws IOException {
        StsTsv tsv = new StsTsv();
        for (Path file : files) {
            tsv.add(file.toString());
        }
        return new StsSet(name, source, tsv.pairs, tsv.unscored, missing);
    }

    private void add(String file) throws IOException {
        int before = pairs.size();
        int unscoredBefore = unscored;
        boolean blank = true;
        try (StsText text = new StsText(file)) {
            Columns columns = null;
            for (String line = text.next(); line != null; line = text.next()) {
                if (line.isBlank()) {
                    continue;
                }
                blank = false;
                String[] cells = line.split("\t", -1);
                if (columns == null) {
                    columns = header(cells);
                    if (columns != null) {
                        continue;
                    }
                    columns = guess(cells, text);
                }
                add(cells, columns, text);
            }
        }
        requirePairs(file, pairs.size() - before, unscored - unscoredBefore, blank);
    }

    private void add(String[] cells, Columns columns, StsText text) {
        if (!columns.fit(cells.length)) {
            throw text.malformed(cells.length + " columns, expected " + (columns.exactly() ? "" : "at least ")
                    + columns.count() + " separated by tabs");
        }
        double score = text.score(cells[columns.score()]);
        if (Double.isNaN(score)) {
            unscored++;
            return;
        }
        String subset = columns.subset() < 0 ? "" : cells[columns.subset()].strip();
        pairs.add(new StsPair(subset, score, text.sentence("the first sentence", cells[columns.first()]),
                text.sentence("the second sentence", cells[columns.second()])));
    }

    /** Null where the line is no header. */
    private static Columns header(String[] cells) {
        List<String> names = Arrays.stream(cells).map(c -> c.strip().toLowerCase(Locale.ROOT)).toList();
        int score = indexOf(names, "score", "relatedness_score");
        int first = indexOf(names, "sentence1", "sentence_a");
        int second = indexOf(names, "sentence2", "sentence_b");
        return score < 0 || first < 0 || second < 0
                ? null
                : new Columns(cells.length, true, indexOf(names, "subset", "genre"), score, first, second);
    }

    private static int indexOf(List<String> names, String name, String otherName) {
        int index = names.indexOf(name);
        return index >= 0 ? index : names.indexOf(otherName);
    }

    private static Columns guess(String[] cells, StsText text) {
        if (cells.length == Columns.FOUR.count()) {
            return Columns.FOUR;
        }
        if (cells.length >= BENCHMARK_COLUMNS) {
            return Columns.BENCHMARK;
        }
        throw text.malformed(cells.length + (cells.length == 1 ? " column" : " columns") + " separated by tabs;"
                + " expected subset, score, sentence1, sentence2, or the seven columns of the STS Benchmark, or a"
                + " header that names score, sentence1 and sentence2");
    }

    private static void requirePairs(String file, int pairs, int unscored, boolean blank) {
        if (pairs == 0) {
            throw new EvaluationException(file + ": " + (blank
                    ? "is empty"
                    : unscored > 0 ? "none of its " + unscored + " pairs has a score" : "has a header, but no pairs"));
        }
    }
}
