package dev.semblance.bench;

import dev.semblance.vector.PeakPopcount;
import dev.semblance.vector.SignCodes;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What one core can do at best: codes compared in registers alone, by the scan itself while they lie in the first-level
 * cache, and bytes read from memory.
 *
 * @param nsPerPair      of codes with so many bits, in registers
 * @param cachedNsPerPair by the scan
 * @param bytesPerSecond of a sequential read by one core
 */
record WindowLimits(double nsPerPair, double cachedNsPerPair, double bytesPerSecond) {

    private static final int GROUPS = 32;
    private static final int MEMORY_LONGS = 1 << 24;

    /** Kept so that no compiler can leave the work out. */
    private static volatile long kept;

    /** @param words of a code; 0 where there are none: then only memory is measured */
    static WindowLimits measure(int words, long durationNs) {
        double registers = words == 0
                ? Double.NaN
                : words * 1e9 / PeakPopcount.wordsPerSecond(System.nanoTime() + 5 * durationNs);
        return new WindowLimits(registers, words == 0 ? Double.NaN : popcount(words, durationNs), memory(durationNs));
    }

    private static double popcount(int words, long durationNs) {
        long[] codes = new SplittableRandom(1).longs((long) GROUPS * words * SignCodes.GROUP).toArray();
        long[] pack = new SplittableRandom(2).longs((long) words * SignCodes.GROUP).toArray();
        int[] radii = new int[SignCodes.GROUP];
        Arrays.fill(radii, words * Long.SIZE / 4);
        long[] allowances = new long[GROUPS * SignCodes.GROUP];
        int[] hits = new int[GROUPS * SignCodes.GROUP * SignCodes.GROUP];
        double best = Double.MAX_VALUE;
        long endNs = System.nanoTime() + 2 * durationNs;
        while (System.nanoTime() < endNs) {
            long t = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                kept += SignCodes.near(pack, 0, codes, GROUPS, words, radii, 0, allowances, hits);
            }
            best = Math.min(best, (System.nanoTime() - t) / (50.0 * GROUPS * SignCodes.GROUP * SignCodes.GROUP));
        }
        return best;
    }

    private static double memory(long durationNs) {
        long[] memory = new long[MEMORY_LONGS];
        double best = 0;
        long endNs = System.nanoTime() + 2 * durationNs;
        do {
            long t = System.nanoTime();
            kept += sum(memory);
            best = Math.max(best, 8e9 * MEMORY_LONGS / (System.nanoTime() - t));
        } while (System.nanoTime() < endNs);
        return best;
    }

    private static long sum(long[] memory) {
        long sum = 0;
        for (int i = 0; i < memory.length; i++) {
            sum += memory[i];
        }
        return sum;
    }
}
