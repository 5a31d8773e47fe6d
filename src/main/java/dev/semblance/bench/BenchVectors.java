package dev.semblance.bench;

import dev.semblance.vector.VectorKernels;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A stream of vectors without end, made of real ones: vector n is a function of n alone, so that any stretch can be made
 * again. Each fifth is a copy with a little noise of one a while before it, at a cosine of 0.86 to 1; the first ones of
 * the others are the real vectors, the rest mixtures of two of them, which keeps the spectrum. Where the real ones are
 * shorter than asked for, vectors are put together from several. On demand all have something in common, as those of a
 * model have that finds unlike texts alike.
 *
 * <p>Thread: immutable.
 */
final class BenchVectors {

    private static final int COPY_EVERY = 5;
    private static final int COPY_REACH = 20_000;
    private static final int MIXED = 64;

    private final List<float[]> real;
    private final int dimension;
    private final long seed;
    private final float[] common;
    private final float rest;

    /**
     * @param real       unit vectors of one dimension, at least two
     * @param meanCosine to raise that of unlike vectors to, from about 0; 0 to leave them as they are
     */
    BenchVectors(List<float[]> real, int dimension, long seed, double meanCosine) {
        this.real = real;
        this.dimension = dimension;
        this.seed = seed;
        this.rest = (float) Math.sqrt(1 - meanCosine);
        this.common = common(dimension, meanCosine);
    }

    private static float[] common(int dimension, double meanCosine) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] v = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            v[i] = (float) random.nextGaussian();
        }
        float[] unit = VectorKernels.normalised(v).clone();
        for (int i = 0; i < dimension; i++) {
            unit[i] *= (float) Math.sqrt(meanCosine);
        }
        return unit;
    }

    /** What all have in common, [dimension]; not to be written to. */
    float[] common() {
        return common;
    }

    int dimension() {
        return dimension;
    }

    float[] get(int n) {
        SplittableRandom random = new SplittableRandom(seed + n * 0x9e3779b97f4a7c15L);
        if (n % COPY_EVERY != COPY_EVERY - 1) {
            return rest == 1 ? fresh(n, random) : alike(random);
        }
        int reach = Math.min(n / COPY_EVERY, COPY_REACH / COPY_EVERY);
        int origin = (n / COPY_EVERY - random.nextInt(reach + 1)) * COPY_EVERY + random.nextInt(COPY_EVERY - 1);
        float[] v = get(Math.min(origin, n - 1));
        double noise = 0.6 * random.nextDouble() / Math.sqrt(dimension);
        for (int i = 0; i < v.length; i++) {
            v[i] += (float) (noise * random.nextGaussian());
        }
        return VectorKernels.normalised(v);
    }

    /** What all have in common, and a mixture of many real ones by weights of either sign: unlike but for the former. */
    private float[] alike(SplittableRandom random) {
        float[] v = new float[dimension];
        for (int at = 0; at < dimension; at += real.getFirst().length) {
            for (int k = 0; k < MIXED; k++) {
                float[] a = real.get(random.nextInt(real.size()));
                float weight = (float) random.nextGaussian();
                for (int i = 0; i < a.length && at + i < dimension; i++) {
                    v[at + i] += weight * a[i];
                }
            }
        }
        float[] unit = VectorKernels.normalised(v);
        for (int i = 0; i < v.length; i++) {
            v[i] = rest * unit[i] + common[i];
        }
        return VectorKernels.normalised(v);
    }

    private float[] fresh(int n, SplittableRandom random) {
        int own = n - n / COPY_EVERY;
        float[] v = new float[dimension];
        for (int at = 0; at < dimension; at += real.getFirst().length) {
            boolean mixed = own >= real.size() || at > 0;
            float[] a = real.get(mixed ? random.nextInt(real.size()) : own);
            float[] b = real.get(random.nextInt(real.size()));
            float weight = mixed ? (float) random.nextDouble(0.35, 0.65) : 1;
            for (int i = 0; i < a.length && at + i < dimension; i++) {
                v[at + i] = weight * a[i] + (1 - weight) * b[i];
            }
        }
        return VectorKernels.normalised(v);
    }
}
