package dev.semblance.model.imports;

import dev.semblance.model.ModelException;
import java.util.Locale;

/**
 * How far a graph's vectors agree with those of the plain graph, text by text.
 *
 * @param maxDifference of any number of the unit vectors
 */
public record Agreement(double meanCosine, double minCosine, double maxDifference) {

    /** @param one, other [texts × dimension], unit L2 norm */
    static Agreement between(float[][] one, float[][] other) {
        double sum = 0;
        double min = 1;
        double max = 0;
        for (int i = 0; i < one.length; i++) {
            double cosine = cosine(one[i], other[i]);
            sum += cosine;
            min = Math.min(min, cosine);
            for (int d = 0; d < one[i].length; d++) {
                max = Math.max(max, Math.abs((double) one[i][d] - other[i][d]));
            }
        }
        return new Agreement(sum / one.length, min, max);
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int d = 0; d < a.length; d++) {
            dot += (double) a[d] * b[d];
            aa += (double) a[d] * a[d];
            bb += (double) b[d] * b[d];
        }
        return Math.min(1, dot / Math.sqrt(aa * bb));
    }

    boolean reaches(Variant.Floor floor) {
        return meanCosine >= floor.meanCosine() && minCosine >= floor.minCosine()
                && maxDifference <= floor.maxDifference();
    }

    /** @throws ModelException if it is below the floor */
    void require(String graph, Variant.Floor floor) {
        if (!reaches(floor)) {
            throw new ModelException(graph + ": its vectors are too far from the plain graph's: " + this
                    + String.format(Locale.ROOT, "; at least %s mean, %s min and at most %s are asked for",
                            floor.meanCosine(), floor.minCosine(), floor.maxDifference())
                    + "; please report it");
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "cosine %.6f mean, %.6f min, difference %.1e at most", meanCosine, minCosine,
                maxDifference);
    }
}
