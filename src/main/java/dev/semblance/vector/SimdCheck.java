package dev.semblance.vector;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Whether SIMD is really on: the module may be there and yet its calls not be compiled to vector instructions, which
 * makes it slower than plain Java. So it is measured, on the scan of sign codes.
 *
 * <p>Thread: stateless.
 */
public final class SimdCheck {

    /** SIMD below this many times the speed of its scalar twin is not on: with 256-bit registers it is above 3. */
    public static final double LEAST_SPEED_UP = 1.5;

    private static final int GROUPS = 32;
    private static final int WORDS = 6;
    private static final long WARM_UP_NS = 150_000_000;
    private static final int SAMPLES = 15;
    private static final int SCANS_A_SAMPLE = 20;

    /** What the scans found, kept so that no compiler can leave them out. */
    private static volatile long found;

    private SimdCheck() {}

    /**
     * How many times faster scans are than with the scalar twin: 1 where that is what runs. Takes half a second of the
     * calling thread.
     */
    public static double speedUp() {
        return VectorKernels.simd() ? fastest(new ScalarKernels()) / fastest(VectorKernels.KERNELS) : 1;
    }

    /** Nanoseconds of some scans, the fastest of several: what other programs on the machine disturb least. */
    private static double fastest(Kernels kernels) {
        SplittableRandom random = new SplittableRandom(1);
        long[] codes = random.longs((long) GROUPS * WORDS * SignCodes.GROUP).toArray();
        long[] pack = random.longs((long) WORDS * SignCodes.GROUP).toArray();
        int[] radii = new int[SignCodes.GROUP];
        Arrays.fill(radii, 90);
        long[] allowances = new long[GROUPS * SignCodes.GROUP];
        int[] hits = new int[GROUPS * SignCodes.GROUP * SignCodes.GROUP];
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < WARM_UP_NS) {
            found += kernels.near(pack, 0, codes, GROUPS, WORDS, radii, 0, allowances, hits);
        }
        long best = Long.MAX_VALUE;
        for (int s = 0; s < SAMPLES; s++) {
            long t = System.nanoTime();
            for (int i = 0; i < SCANS_A_SAMPLE; i++) {
                found += kernels.near(pack, 0, codes, GROUPS, WORDS, radii, 0, allowances, hits);
            }
            best = Math.min(best, System.nanoTime() - t);
        }
        return best;
    }
}
