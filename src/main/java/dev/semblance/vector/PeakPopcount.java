package dev.semblance.vector;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * How many 64-bit words of sign codes a second a core could compare, if it did nothing but XOR, count bits and add, all in
 * registers: the limit that scans of codes are a share of.
 *
 * <p>Sixteen chains, each fed by its own sum so that no compiler can take them out of the loop; they hide the latency of
 * the three operations. Thread: stateless.
 */
public final class PeakPopcount {

    private static final int STEPS = 1_024;

    /** What the chains gave, kept so that no compiler can leave them out. */
    private static volatile long result;

    private PeakPopcount() {}

    /**
     * Runs on the calling thread until {@code System.nanoTime()} has passed {@code untilNs}.
     *
     * @return words compared a second, the best stretch of some microseconds counts; the compiler needs about a second at first
     * @throws IllegalStateException where the module {@code jdk.incubator.vector} is not there
     */
    public static double wordsPerSecond(long untilNs) {
        if (!VectorKernels.simd()) {
            throw new IllegalStateException("the peak rate cannot be measured without the Vector API; start Java with"
                    + " --add-modules=jdk.incubator.vector");
        }
        double best = 0;
        long sum = 0;
        long startNs = System.nanoTime();
        do {
            sum += Chains.run(sum);
            long endNs = System.nanoTime();
            best = Math.max(best, Chains.WORDS * 1e9 / (endNs - startNs));
            startNs = endNs;
        } while (startNs - untilNs < 0);
        result = sum;
        return best;
    }

    /** Apart, so that this class can be loaded and refuse where the module is missing. */
    private static final class Chains {

        private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
        static final long WORDS = 16L * STEPS * L.length();

        static long run(long seed) {
            LongVector x = LongVector.broadcast(L, 0x5555_3333_0f0f_00ffL);
            LongVector a = LongVector.broadcast(L, seed);
            LongVector b = a.add(1), c = a.add(2), d = a.add(3), e = a.add(4), f = a.add(5), g = a.add(6);
            LongVector h = a.add(7), i = a.add(8), j = a.add(9), k = a.add(10), l = a.add(11), m = a.add(12);
            LongVector n = a.add(13), o = a.add(14), p = a.add(15);
            for (int step = 0; step < STEPS; step++) {
                a = a.add(x.lanewise(VectorOperators.XOR, a).lanewise(VectorOperators.BIT_COUNT));
                b = b.add(x.lanewise(VectorOperators.XOR, b).lanewise(VectorOperators.BIT_COUNT));
                c = c.add(x.lanewise(VectorOperators.XOR, c).lanewise(VectorOperators.BIT_COUNT));
                d = d.add(x.lanewise(VectorOperators.XOR, d).lanewise(VectorOperators.BIT_COUNT));
                e = e.add(x.lanewise(VectorOperators.XOR, e).lanewise(VectorOperators.BIT_COUNT));
                f = f.add(x.lanewise(VectorOperators.XOR, f).lanewise(VectorOperators.BIT_COUNT));
                g = g.add(x.lanewise(VectorOperators.XOR, g).lanewise(VectorOperators.BIT_COUNT));
                h = h.add(x.lanewise(VectorOperators.XOR, h).lanewise(VectorOperators.BIT_COUNT));
                i = i.add(x.lanewise(VectorOperators.XOR, i).lanewise(VectorOperators.BIT_COUNT));
                j = j.add(x.lanewise(VectorOperators.XOR, j).lanewise(VectorOperators.BIT_COUNT));
                k = k.add(x.lanewise(VectorOperators.XOR, k).lanewise(VectorOperators.BIT_COUNT));
                l = l.add(x.lanewise(VectorOperators.XOR, l).lanewise(VectorOperators.BIT_COUNT));
                m = m.add(x.lanewise(VectorOperators.XOR, m).lanewise(VectorOperators.BIT_COUNT));
                n = n.add(x.lanewise(VectorOperators.XOR, n).lanewise(VectorOperators.BIT_COUNT));
                o = o.add(x.lanewise(VectorOperators.XOR, o).lanewise(VectorOperators.BIT_COUNT));
                p = p.add(x.lanewise(VectorOperators.XOR, p).lanewise(VectorOperators.BIT_COUNT));
            }
            return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).add(i.add(j).add(k.add(l)))
                    .add(m.add(n).add(o.add(p))).reduceLanes(VectorOperators.ADD);
        }
    }
}
