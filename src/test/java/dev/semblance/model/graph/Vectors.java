package dev.semblance.model.graph;

/** Arithmetic of the references, in double. */
final class Vectors {

    private Vectors() {}

    /** Over the first rows. */
    static double[] mean(float[][] rows, int count) {
        double[] mean = new double[rows[0].length];
        for (int r = 0; r < count; r++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += rows[r][i] / (double) count;
            }
        }
        return mean;
    }

    static double[] unit(double[] vector) {
        double squares = 0;
        for (double x : vector) {
            squares += x * x;
        }
        double[] unit = new double[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = vector[i] / Math.sqrt(squares);
        }
        return unit;
    }

    static double maxDifference(float[] actual, double[] expected) {
        return maxDifference(doubles(actual), expected);
    }

    /** x Φ(x). */
    static double gelu(double x) {
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    static double geluByTanh(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    /** All terms of one sign, so exact to rounding. */
    // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6, 1964.
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    static double[] doubles(float[] vector) {
        double[] wide = new double[vector.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = vector[i];
        }
        return wide;
    }

    static double cosine(double[] a, double[] b) {
        double[] left = unit(a);
        double[] right = unit(b);
        double dot = 0;
        for (int i = 0; i < left.length; i++) {
            dot += left[i] * right[i];
        }
        return dot;
    }

    static double maxDifference(double[] actual, double[] expected) {
        double largest = actual.length == expected.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]);
            // A NaN must not pass for small.
            largest = difference <= largest ? largest : Double.isNaN(difference) ? Double.MAX_VALUE : difference;
        }
        return largest;
    }
}
