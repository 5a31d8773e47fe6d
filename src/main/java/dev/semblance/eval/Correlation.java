package dev.semblance.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * How well two rows of numbers agree, each −1 … 1.
 *
 * @param spearman Pearson's correlation of the ranks, equal values sharing the mean of their ranks (C. Spearman, "The
 *                 Proof and Measurement of Association between Two Things", 1904)
 * @param pearson  covariance by the product of the standard deviations
 */
public record Correlation(double spearman, double pearson) {

    /**
     * @param x finite
     * @param y finite, as many as {@code x}
     * @return empty where a correlation is undefined: fewer than two values, or all values of a row the same
     */
    public static Optional<Correlation> of(double[] x, double[] y) {
        requireComparable(x, y);
        if (isConstant(x) || isConstant(y)) {
            return Optional.empty();
        }
        return Optional.of(new Correlation(pearson(ranks(x), ranks(y)), pearson(x, y)));
    }

    /** True where no two values differ. */
    static boolean isConstant(double[] values) {
        for (double value : values) {
            if (value != values[0]) {
                return false;
            }
        }
        return true;
    }

    /** Ranks from 1; equal values get the mean of the ranks that they take together. */
    static double[] ranks(double[] values) {
        Integer[] order = new Integer[values.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
        double[] ranks = new double[values.length];
        int from = 0;
        while (from < order.length) {
            int to = from + 1;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                to++;
            }
            double shared = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++) {
                ranks[order[i]] = shared;
            }
            from = to;
        }
        return ranks;
    }

    /** Neither row constant. Scaled by the largest deviation first, so that no square over- or underflows. */
    private static double pearson(double[] x, double[] y) {
        double[] dx = deviations(x);
        double[] dy = deviations(y);
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < dx.length; i++) {
            xx += dx[i] * dx[i];
            yy += dy[i] * dy[i];
            xy += dx[i] * dy[i];
        }
        return Math.clamp(xy / (Math.sqrt(xx) * Math.sqrt(yy)), -1.0, 1.0);
    }

    private static double[] deviations(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double largest = 0;
        double[] deviations = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            deviations[i] = values[i] - mean;
            largest = Math.max(largest, Math.abs(deviations[i]));
        }
        for (int i = 0; i < deviations.length; i++) {
            deviations[i] /= largest;
        }
        return deviations;
    }

    private static void requireComparable(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(x.length + " values cannot be correlated with " + y.length);
        }
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i]) || !Double.isFinite(y[i])) {
                throw new IllegalArgumentException("values " + x[i] + " and " + y[i] + " at index " + i
                        + ": only finite numbers can be correlated");
            }
        }
    }
}
