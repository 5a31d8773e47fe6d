package dev.semblance.eval;

import dev.semblance.eval.ReferenceScores.Score;
import dev.semblance.eval.StsReport.Column;
import dev.semblance.eval.StsReport.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A report as a table for people: sets, their subsets indented, the mean, and what others found for the model. */
public final class StsTable {

    private static final String NONE = "–";
    private static final int NUMBER_WIDTH = 10;
    private static final int COLUMN_GAP = 3;

    private final StsReport report;
    private final Optional<ReferenceScores> reference;
    private final int nameWidth;
    private final List<String> lines = new ArrayList<>();

    private StsTable(StsReport report, Optional<ReferenceScores> reference) {
        this.report = report;
        this.reference = reference;
        int widest = "mean of 7 sets".length();
        for (Row row : report.rows()) {
            widest = Math.max(widest, row.set().name().length() + 1);
            widest = row.subsets().keySet().stream().mapToInt(name -> name.length() + 2).reduce(widest, Math::max);
        }
        this.nameWidth = widest;
    }

    /** @param reference empty where nothing is known for the model */
    public static List<String> lines(StsReport report, Optional<ReferenceScores> reference) {
        StsTable table = new StsTable(report, reference);
        table.head();
        report.rows().forEach(table::row);
        table.mean();
        table.footnotes();
        return List.copyOf(table.lines);
    }

    private void head() {
        StringBuilder top = new StringBuilder(pad("", nameWidth)).append(right("", NUMBER_WIDTH));
        StringBuilder names = new StringBuilder(pad("set", nameWidth)).append(right("pairs", NUMBER_WIDTH));
        for (Column column : report.columns()) {
            top.append(gap()).append(right(title(column), 2 * NUMBER_WIDTH));
            names.append(gap()).append(right("Spearman", NUMBER_WIDTH)).append(right("Pearson", NUMBER_WIDTH));
        }
        if (reference.isPresent()) {
            names.append(gap()).append(right("reference", NUMBER_WIDTH));
        }
        lines.add(top.toString().stripTrailing());
        lines.add(names.toString());
    }

    private static String title(Column column) {
        return (column.cut() == 0 ? "uncut at " : "cut at ") + column.maxTokens() + " tokens";
    }

    private void row(Row row) {
        StringBuilder line = new StringBuilder(
                pad(row.set().name() + (row.set().missing().isEmpty() ? "" : "*"), nameWidth));
        line.append(right(count(row.set().pairs().size()), NUMBER_WIDTH));
        row.whole().forEach(c -> numbers(line, Optional.of(c)));
        if (reference.isPresent()) {
            line.append(gap()).append(right(referenceScore(row), NUMBER_WIDTH));
        }
        lines.add(line.toString().stripTrailing());
        row.subsets().forEach((name, subset) -> {
            StringBuilder part = new StringBuilder(pad("  " + name, nameWidth))
                    .append(right(count(subset.pairs()), NUMBER_WIDTH));
            subset.columns().forEach(c -> numbers(part, c));
            lines.add(part.toString());
        });
    }

    private void mean() {
        int sets = report.rows().size();
        StringBuilder line = new StringBuilder(pad("mean of " + sets + (sets == 1 ? " set" : " sets"), nameWidth))
                .append(right("", NUMBER_WIDTH));
        for (int i = 0; i < report.columns().size(); i++) {
            numbers(line, Optional.of(report.mean(i)));
        }
        if (reference.isPresent()) {
            line.append(gap()).append(right(referenceMean(), NUMBER_WIDTH));
        }
        lines.add(line.toString());
    }

    /** Where other sets take part, too, the two means would not be of the same thing. */
    private String referenceMean() {
        List<Optional<Score>> scores = report.rows().stream().map(this::find).toList();
        return scores.stream().allMatch(Optional::isPresent)
                ? hundredths(scores.stream().mapToDouble(s -> s.orElseThrow().spearman()).average().orElseThrow())
                : NONE;
    }

    private String referenceScore(Row row) {
        return find(row)
                .map(s -> hundredths(s.spearman()) + (s.pairs() == row.set().pairs().size() ? "" : "†")).orElse(NONE);
    }

    private Optional<Score> find(Row row) {
        return reference.flatMap(r -> r.find(row.set().name()));
    }

    private void footnotes() {
        for (Column column : report.columns()) {
            lines.add(String.format(Locale.ROOT, "at %d tokens (%s), %,d of %,d different sentences are cut",
                    column.maxTokens(), column.origin(), column.cut(), column.texts()));
        }
        for (Row row : report.rows()) {
            if (!row.set().missing().isEmpty()) {
                lines.add("* " + row.set().name() + " is not whole; missing: "
                        + String.join(", ", row.set().missing()));
            }
            find(row).filter(s -> s.pairs() != row.set().pairs().size())
                    .ifPresent(
                            s -> lines.add(String.format(Locale.ROOT, "† %s: the reference is over %,d pairs, not %,d",
                                    row.set().name(), s.pairs(), row.set().pairs().size())));
        }
        reference.ifPresent(r -> {
            lines.add("reference for " + r.model() + ": " + r.source());
            lines.add("  " + r.scores().stream().map(s -> s.set() + " " + hundredths(s.spearman()))
                    .collect(Collectors.joining(", ")) + ", mean " + hundredths(r.mean()));
        });
    }

    private static void numbers(StringBuilder line, Optional<Correlation> correlation) {
        line.append(gap())
                .append(right(correlation.map(c -> hundredths(100 * c.spearman())).orElse(NONE), NUMBER_WIDTH))
                .append(right(correlation.map(c -> hundredths(100 * c.pearson())).orElse(NONE), NUMBER_WIDTH));
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String count(int pairs) {
        return String.format(Locale.ROOT, "%,d", pairs);
    }

    private static String gap() {
        return " ".repeat(COLUMN_GAP);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
