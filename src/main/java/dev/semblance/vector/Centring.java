package dev.semblance.vector;

/**
 * Sign codes of what vectors are beside their mean. Where a model gives unlike texts a high cosine, all its vectors lie
 * around one direction, and codes of the vectors themselves hardly differ. Those of x − m do: unlike texts are about
 * orthogonal then. The mean only has to be about right: for any m the promise is the same.
 *
 * <p>What a pair's codes may differ in depends on the lengths of x − m and y − m. A pair of unit vectors at the threshold
 * is at most D = 2 sin(θ/2) apart, and moving both by m leaves it so. With a = |x − m| and b = |y − m| the angle φ
 * between the two has
 *
 * <pre>
 * cos φ ≥ (a² + b² − D²) / 2ab ≥ 1 − D² / 2ab,   so φ ≤ 2 asin(D / 2√(ab)) ≤ ½ φ(a) + ½ φ(b),   φ(a) = 2 asin(D / 2a)
 * </pre>
 *
 * as 2 asin(e⁻ᶻ) is convex. The radius of a binomial distribution is nearly concave in φ/π, so a line lies above it that
 * touches it where most pairs are: radius ≤ share(a) + share(b). Each vector has its share, and the radius of a pair is
 * the sum of both. A vector that lies so close to the mean (2a ≤ D) that the angle may be anything survives always.
 *
 * <p>Computed with {@link StrictMath}: every machine comes to the same shares.
 *
 * <p>Thread: immutable, safe everywhere.
 */
public final class Centring {

    /** Steps in which the line is laid above the radius. */
    private static final int STEPS = 1_024;

    private final float[] mean;
    private final int bits;
    private final double distance;
    private final double flip;
    private final double base;
    private final double slope;

    /**
     * @param plan made by {@link SearchPlan#centred}
     * @param mean [plan.dimension], about the mean of the model's unit vectors; not to be written to
     */
    public Centring(SearchPlan plan, float[] mean) {
        if (mean.length != plan.dimension()) {
            throw new IllegalArgumentException("a mean of " + mean.length + " components for vectors of "
                    + plan.dimension());
        }
        this.mean = mean;
        this.bits = plan.bits();
        // Taking the mean away rounds once more than the chain does.
        this.flip = plan.flip() * (plan.dimension() + 1) / plan.dimension();
        this.distance = distance(plan.dimension(), plan.threshold());
        this.slope = slope(chance(plan.norm()), plan.missProbability());
        double above = 0;
        for (int i = 0; i < STEPS; i++) {
            int radius = i + 1 == STEPS
                    ? bits
                    : SearchPlan.radius(bits, (i + 1.0) / STEPS, plan.missProbability());
            above = Math.max(above, radius - slope * i / STEPS);
        }
        this.base = above;
    }

    /** How fast the radius grows: it is n p + z √(n p (1 − p)), but for the steps between whole numbers. */
    private double slope(double typical, double missProbability) {
        double p = Math.clamp(typical, 1.0 / STEPS, 1 - 1.0 / STEPS);
        double deviation = Math.sqrt(bits * p * (1 - p));
        double z = (SearchPlan.radius(bits, p, missProbability) - bits * p) / deviation;
        return bits + z * bits * (1 - 2 * p) / (2 * deviation);
    }

    /** Largest distance of two unit vectors whose rounded ones are reported as a pair. */
    static double distance(int dimension, double threshold) {
        return 2 * StrictMath.sin(SearchPlan.angle(dimension, threshold) / 2);
    }

    /** Largest angle between two vectors of that length, from where two unit vectors at most {@code distance} apart are. */
    static double angle(double distance, double norm) {
        return 2 * StrictMath.asin(Math.min(1, distance / (2 * norm)));
    }

    /** That a bit differs. */
    private double chance(double norm) {
        return Math.min(1, angle(distance, norm) / Math.PI + flip);
    }

    /**
     * Takes the mean from a vector, scaled to unit norm.
     *
     * @param v [dimension], of about unit norm; overwritten
     * @return the vector's share of the radius
     */
    public int centre(float[] v) {
        double norm = VectorKernels.norm(v);
        double squared = 0;
        for (int i = 0; i < v.length; i++) {
            double x = v[i] / norm - mean[i];
            squared += x * x;
            v[i] = (float) x;
        }
        return share(Math.sqrt(squared));
    }

    /** Of a vector that is that far from the mean. */
    int share(double norm) {
        // The rounding of the norm must not make it longer.
        double least = norm * (1 - 1e-9);
        if (2 * least <= distance) {
            return bits;
        }
        return (int) Math.min(bits, Math.ceil((base + slope * chance(least)) / 2));
    }
}
