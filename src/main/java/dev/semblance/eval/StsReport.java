package dev.semblance.eval;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Correlations of the model's cosines with people's scores.
 *
 * @param columns one a truncation
 * @param rows    one a set
 */
public record StsReport(List<Column> columns, List<Row> rows) {

    public StsReport {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * A truncation.
     *
     * @param maxTokens special tokens included
     * @param origin    who says so, for people
     * @param texts     different ones, in all sets together
     * @param cut       of them were longer
     */
    public record Column(int maxTokens, String origin, int texts, int cut) {}

    /**
     * A set.
     *
     * @param whole   one a column: over all pairs of the set
     * @param subsets by name, in the order of their first pairs; none where the set has fewer than two
     */
    public record Row(StsSet set, List<Correlation> whole, Map<String, Subset> subsets) {}

    /**
     * A part of a set.
     *
     * @param columns one a column; empty where a correlation is undefined
     */
    public record Subset(int pairs, List<Optional<Correlation>> columns) {}

    /** Plain means over the sets, however large each is. */
    Correlation mean(int column) {
        double spearman = 0;
        double pearson = 0;
        for (Row row : rows) {
            spearman += row.whole().get(column).spearman() / rows.size();
            pearson += row.whole().get(column).pearson() / rows.size();
        }
        return new Correlation(spearman, pearson);
    }
}
