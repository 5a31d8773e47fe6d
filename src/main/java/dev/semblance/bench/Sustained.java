package dev.semblance.bench;

import java.util.Arrays;

/**
 * When each of a round's results was seen, and their rate in the middle of the round: from the end of the burst in which
 * a tenth of them, and at least the second burst, are there, to the end of the one in which seven tenths are. Results come
 * in bursts (a batch, a commit): a rate that began within one would count the rest of it for nothing. And results are
 * handed on in order, so that many are done before they are seen: as many at the start as at the end of that stretch, but
 * none at the end of the round. The same for the engine alone and the pipeline, since they are divided.
 *
 * <p>Thread: {@link #seen} from any; {@link #perSecond} after the last.
 */
final class Sustained {

    private static final int BURSTS = 2;
    private static final double FROM = 0.1;
    private static final double TO = 0.7;
    /** What comes so soon after a burst's first result belongs to it. */
    private static final long BURST_NS = 20_000_000;

    /** Guarded by this, as {@link #seen}. */
    private final long[] atNs;
    private int seen;

    /** @param count of the round's results, at least one */
    Sustained(int count) {
        atNs = new long[count];
    }

    /** @throws IndexOutOfBoundsException where there were as many before as there are to be */
    synchronized void seen(long nowNs) {
        atNs[seen++] = nowNs;
    }

    synchronized boolean complete() {
        return seen == atNs.length;
    }

    /** @throws BenchException where too little is left after the start */
    synchronized double perSecond() {
        if (seen < atNs.length) {
            throw new IllegalStateException("only " + seen + " of " + atNs.length + " results were seen");
        }
        // Noted by several threads, so all but sorted.
        Arrays.sort(atNs);
        int start = 0;
        for (int bursts = 0; start < seen && (bursts < BURSTS || start < FROM * seen); bursts++) {
            start = burstEnd(start);
        }
        int end = start;
        while (end < seen && end < TO * seen) {
            end = burstEnd(end);
        }
        if (end == start) {
            throw new BenchException("a round of " + seen + " texts came within a few batches or commits, which is too"
                    + " few for a rate; take more --texts");
        }
        return (end - start) / ((atNs[end - 1] - atNs[start - 1]) / 1e9);
    }

    /** The first index after the burst that begins at that one. */
    private int burstEnd(int from) {
        int end = from;
        while (end < seen && atNs[end] <= atNs[from] + BURST_NS) {
            end++;
        }
        return end;
    }
}
