package dev.semblance.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What several rounds gave.
 *
 * @param rounds in the order of measurement, at least one
 */
public record Spread(List<Double> rounds) {

    public Spread {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("no round was measured");
        }
    }

    static Spread of(double... rounds) {
        return new Spread(Arrays.stream(rounds).boxed().toList());
    }

    /** The middle one, or the mean of the two middle ones. */
    public double median() {
        double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public double min() {
        return rounds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    public double max() {
        return rounds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /**
     * Round by round: what the machine did meanwhile, both met.
     *
     * @throws IllegalArgumentException where the numbers of rounds differ
     */
    public Spread over(Spread other) {
        if (rounds.size() != other.rounds.size()) {
            throw new IllegalArgumentException(rounds.size() + " rounds cannot be divided by " + other.rounds.size());
        }
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rounds.get(i) / other.rounds.get(i);
        }
        return of(ratios);
    }

    Spread times(double factor) {
        return of(rounds.stream().mapToDouble(r -> r * factor).toArray());
    }
}
