package dev.semblance.model.imports;

import java.util.Arrays;
import java.util.Locale;

/**
 * The built-in texts' vectors by one graph, each [texts × dimension], unit L2 norm.
 *
 * @param alone          each text by itself, unpadded
 * @param together       among texts of its own length, unpadded; where there is no other, the text alone
 * @param padded         each by itself, padded and masked
 * @param paddedTogether among texts of its own padded length, padded and masked
 */
record GraphVectors(float[][] alone, float[][] together, float[][] padded, float[][] paddedTogether) {

    /**
     * Whether a text's vector is its own, whatever padding and neighbours it has.
     *
     * @param deterministic whether neighbours may not change a single bit
     * @param padding       how near padded and unpadded vectors must be. Their bits differ, because sums over a padded
     *                      row add in another order
     * @return what is wrong, or null
     */
    String faultInBatches(boolean deterministic, Variant.Floor padding) {
        String fault = fault("alone and padded", padded, alone, padding);
        if (fault == null) {
            fault = deterministic
                    ? unequal("in a batch", together, alone)
                    : fault("in a batch", together, alone, padding);
        }
        if (fault == null) {
            fault = deterministic
                    ? unequal("in a padded batch", paddedTogether, padded)
                    : fault("in a padded batch", paddedTogether, padded, padding);
        }
        return fault;
    }

    /** Of padded texts with unpadded ones, none of them in a batch. */
    Agreement padding() {
        return Agreement.between(padded, alone);
    }

    private static String fault(String how, float[][] found, float[][] expected, Variant.Floor floor) {
        Agreement agreement = Agreement.between(found, expected);
        return agreement.reaches(floor)
                ? null
                : String.format(Locale.ROOT, "texts have other vectors %s: %s; at least %s mean, %s min and at most %s"
                        + " are asked for", how, agreement, floor.meanCosine(), floor.minCosine(),
                        floor.maxDifference());
    }

    private static String unequal(String how, float[][] found, float[][] expected) {
        for (int i = 0; i < found.length; i++) {
            if (!Arrays.equals(found[i], expected[i])) {
                return "built-in text " + (i + 1) + " has another vector " + how + ": the variant is said to be"
                        + " deterministic, but elements differ by up to " + largestDifference(found[i], expected[i]);
            }
        }
        return null;
    }

    private static float largestDifference(float[] a, float[] b) {
        float largest = 0;
        for (int d = 0; d < a.length; d++) {
            largest = Math.max(largest, Math.abs(a[d] - b[d]));
        }
        return largest;
    }
}
