package dev.semblance.vector;

import java.util.Locale;

/**
 * How to find every pair at or above a threshold by sign codes, and the promise that goes with it: a pair whose reported
 * cosine reaches the threshold is missed with a probability of at most {@code missBound}, over the draw of the
 * hyperplanes.
 *
 * <p>The bound is the tail P(X &gt; radius) of a binomial distribution of {@code bits} trials, each of probability
 * θ/π plus the chance that rounding turns a sign. θ is the largest angle between the two rounded vectors that a reported
 * cosine at the threshold allows. Computed with {@link StrictMath} only: every machine takes the same radius.
 *
 * @param bits      of a code, a multiple of 64; 0 where codes are of no use and everything is scored
 * @param radius    largest Hamming distance of a survivor
 * @param flip      part of the probability of a differing bit that is due to rounding
 * @param norm      length that most vectors have once the mean is taken from them ({@link Centring}); 1 where it is not.
 *                  The radius is that of a pair of such vectors
 */
public record SearchPlan(int dimension, double threshold, double missProbability, int bits, int radius, double flip,
        double missBound, double norm) {

    /** Beyond it the hyperplanes would take more memory than a scan of everything is worth. */
    public static final int MAX_DIMENSION = 4_096;

    private static final int MIN_BITS = 256;
    private static final int MAX_BITS = 1_024;
    /** A pair whose cosine is lower than the threshold by this … */
    private static final double CLEARLY_BELOW = 0.4;
    /** … shall survive at most this often: the scan of the codes then costs more than what survives it. */
    private static final double SURVIVAL = 1e-4;
    /** Mean cosine of unlike texts from which centring is worth its bytes. */
    private static final double LEAST_MEAN_COSINE = 0.1;
    /** Share of unlike texts, about orthogonal once centred, up to which the codes are worth comparing. */
    private static final double MOST_SURVIVAL = 0.02;

    /**
     * The fewest bits that keep survivors rare, and the smallest radius that keeps the promise.
     *
     * @param threshold       0.5 … 0.999
     * @param missProbability above 0, below 1
     */
    public static SearchPlan of(int dimension, double threshold, double missProbability) {
        if (dimension > MAX_DIMENSION) {
            return everything(dimension, threshold);
        }
        SearchPlan plan = null;
        for (int bits = MIN_BITS; bits <= MAX_BITS; bits += Long.SIZE) {
            plan = of(dimension, bits, angle(dimension, threshold), threshold, missProbability);
            if (plan.survival(StrictMath.acos(Math.max(-1, threshold - CLEARLY_BELOW))) <= SURVIVAL) {
                return plan;
            }
        }
        return plan;
    }

    /**
     * For vectors with a mean that is taken from them: the same promise, kept by a radius for each pair
     * ({@link Centring}). Without codes where even those would let too many unlike texts through: at a threshold that
     * hardly exceeds their mean cosine.
     *
     * @param mean [dimension]; its squared length is the mean cosine of unlike texts
     */
    public static SearchPlan centred(int dimension, double threshold, double missProbability, float[] mean) {
        double meanCosine = VectorKernels.norm(mean) * VectorKernels.norm(mean);
        if (dimension > MAX_DIMENSION || meanCosine < LEAST_MEAN_COSINE) {
            return of(dimension, threshold, missProbability);
        }
        double norm = Math.sqrt(Math.max(0, 1 - meanCosine));
        double angle = Centring.angle(Centring.distance(dimension, threshold), norm);
        double clearlyBelow = StrictMath.acos(Math.max(-1, StrictMath.cos(angle) - CLEARLY_BELOW));
        SearchPlan plan = null;
        for (int bits = MIN_BITS; bits <= MAX_BITS; bits += Long.SIZE) {
            SearchPlan p = of(dimension, bits, angle, threshold, missProbability);
            plan = new SearchPlan(dimension, threshold, missProbability, bits, p.radius, p.flip, missProbability, norm);
            if (plan.survival(Math.min(clearlyBelow, Math.PI / 2)) <= SURVIVAL) {
                return plan;
            }
        }
        return plan.survival(Math.PI / 2) <= MOST_SURVIVAL ? plan : everything(dimension, threshold);
    }

    /** Share of the pairs at that angle that survive. */
    private double survival(double angle) {
        return 1 - tail(bits, angle / Math.PI, radius);
    }

    /** No filter: nothing is ever missed. */
    public static SearchPlan everything(int dimension, double threshold) {
        return new SearchPlan(dimension, threshold, 0, 0, Integer.MAX_VALUE, 0, 0, 1);
    }

    /** With codes of that many bits, for vectors at most {@code angle} apart. */
    static SearchPlan of(int dimension, int bits, double angle, double threshold, double missProbability) {
        double flip = flip(dimension);
        double p = Math.min(1 - 0x1p-20, angle / Math.PI + flip);
        int radius = radius(bits, p, missProbability);
        return new SearchPlan(dimension, threshold, missProbability, bits, radius, flip, tail(bits, p, radius), 1);
    }

    /**
     * Largest angle between two rounded vectors whose reported cosine reaches the threshold. Reported is the fma chain
     * of the exact query with the rounded vector: the chain errs by n · 2⁻²⁴, and rounding moves each vector by its
     * maximum error.
     */
    static double angle(int dimension, double threshold) {
        double moved = FixedPoint.maxError(dimension);
        double least = (threshold - chainError(dimension)) / (1 + moved);
        return StrictMath.acos(Math.max(-1, Math.min(1, least))) + StrictMath.asin(Math.min(1, moved));
    }

    private static double chainError(int dimension) {
        return dimension * 0x1p-24;
    }

    /**
     * Probability that the computed side of a hyperplane is the wrong one, for either vector: the chain errs by at most
     * n · 2⁻²⁴ · Σ|gᵢxᵢ|, whose mean is below √n, and a standard normal value lies that close to 0 with at most the
     * probability 0.8 times that.
     */
    private static double flip(int dimension) {
        return Math.min(1, 2 * 0.8 * chainError(dimension) * Math.sqrt(dimension));
    }

    /** The smallest radius r with P(Binomial(bits, p) &gt; r) ≤ missProbability. */
    static int radius(int bits, double p, double missProbability) {
        Tail tail = new Tail(bits, p);
        while (tail.k > 0 && tail.sum + tail.term() <= missProbability) {
            tail.down();
        }
        return tail.k;
    }

    /** P(Binomial(n, p) &gt; r), 0 &lt; p &lt; 1. */
    static double tail(int n, double p, int r) {
        Tail tail = new Tail(n, p);
        while (tail.k > r) {
            tail.down();
        }
        return Math.min(1, tail.sum);
    }

    /** Terms of a binomial distribution, summed from the top down; logarithms, since the first ones are below 1e-300. */
    private static final class Tail {
        private final int n;
        private final double logOdds;
        private double logTerm;
        private int k;
        private double sum;

        Tail(int n, double p) {
            this.n = n;
            this.k = n;
            this.logOdds = StrictMath.log(p) - StrictMath.log1p(-p);
            this.logTerm = n * StrictMath.log(p);
        }

        /** P(X = k). */
        double term() {
            return StrictMath.exp(logTerm);
        }

        void down() {
            sum += term();
            logTerm += StrictMath.log((double) k / (n - k + 1)) - logOdds;
            k--;
        }
    }

    /** Whether survivors are picked by their codes. */
    public boolean filters() {
        return bits > 0;
    }

    /** Whether codes are those of vectors without their mean. */
    public boolean centres() {
        return filters() && norm < 1;
    }

    /** 64-bit words of a code. */
    public int words() {
        return bits / Long.SIZE;
    }

    /** The promise in a sentence. */
    public String describe() {
        if (!filters()) {
            return String.format(Locale.ROOT,
                    "threshold %s, %d dimensions: every live vector is scored, so no pair is missed", threshold,
                    dimension);
        }
        if (centres()) {
            return String.format(Locale.ROOT,
                    "threshold %s, %d dimensions, mean cosine %.2f taken out: %d-bit sign codes, radius by vector, mostly "
                            + "%d; a pair at the threshold is missed with a probability of at most %.2g, closer ones "
                            + "less often",
                    threshold, dimension, 1 - norm * norm, bits, radius, missBound);
        }
        return String.format(Locale.ROOT,
                "threshold %s, %d dimensions: %d-bit sign codes, radius %d; a pair at the threshold is missed with a "
                        + "probability of at most %.2g, closer ones less often",
                threshold, dimension, bits, radius, missBound);
    }
}
