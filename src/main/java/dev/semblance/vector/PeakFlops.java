package dev.semblance.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * How many fp32 operations a second the multiply-add units of a core give a program that does nothing else: the limit
 * that other figures are a share of.
 *
 * <p>Twelve chains of dependent multiply-adds in registers: two units with a latency of four cycles need eight, and
 * with the constants twelve still fit into the sixteen registers of AVX2. Thread: stateless; run it on each core at
 * once to measure them together.
 */
public final class PeakFlops {

    private static final int CHAINS = 12;
    private static final int STEPS = 4_096;
    /** x ← x · 0.999 + 0.001 goes to 1 from anywhere: neither denormal nor infinite numbers, whatever the machine. */
    private static final float FACTOR = 0.999f;
    private static final float SUMMAND = 0.001f;

    /** What the chains gave, kept so that no compiler can leave them out. */
    private static volatile float result;

    private PeakFlops() {}

    /**
     * Runs on the calling thread until {@code System.nanoTime()} has passed {@code untilNs}.
     *
     * @return operations done; a multiply-add counts as two
     * @throws IllegalStateException where the module {@code jdk.incubator.vector} is not there
     */
    public static long run(long untilNs) {
        if (!VectorKernels.simd()) {
            throw new IllegalStateException("the peak rate cannot be measured without the Vector API; start Java with"
                    + " --add-modules=jdk.incubator.vector");
        }
        long operations = 0;
        float sum = 0;
        do {
            sum += Chains.run(operations);
            operations += Chains.OPERATIONS;
        } while (System.nanoTime() - untilNs < 0);
        result = sum;
        return operations;
    }

    /** Apart, so that this class can be loaded and refuse where the module is missing. */
    private static final class Chains {

        private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
        static final long OPERATIONS = 2L * CHAINS * STEPS * F.length();

        static float run(long seed) {
            FloatVector x = FloatVector.broadcast(F, FACTOR);
            FloatVector y = FloatVector.broadcast(F, SUMMAND);
            float start = seed % 1_000;
            FloatVector a = FloatVector.broadcast(F, start);
            FloatVector b = a.add(1), c = a.add(2), d = a.add(3), e = a.add(4), f = a.add(5);
            FloatVector g = a.add(6), h = a.add(7), i = a.add(8), j = a.add(9), k = a.add(10), l = a.add(11);
            for (int step = 0; step < STEPS; step++) {
                a = a.fma(x, y);
                b = b.fma(x, y);
                c = c.fma(x, y);
                d = d.fma(x, y);
                e = e.fma(x, y);
                f = f.fma(x, y);
                g = g.fma(x, y);
                h = h.fma(x, y);
                i = i.fma(x, y);
                j = j.fma(x, y);
                k = k.fma(x, y);
                l = l.fma(x, y);
            }
            return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).add(i.add(j).add(k.add(l)))
                    .reduceLanes(VectorOperators.ADD);
        }
    }
}
