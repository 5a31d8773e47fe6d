package dev.semblance.bench;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A load that does not wait for answers: each text has a time at which it is to be sent, and its latency counts from
 * there even where the sender itself came late. A program that stalls so pays for every text that would have come
 * meanwhile.
 */
// "How NOT to Measure Latency", Gil Tene, 2013: coordinated omission.
final class OpenLoop {

    private static final long LOOK_NS = 50_000_000;

    private OpenLoop() {}

    /** Called at the intended time or, where that has passed already, at once. Thread: the sender's. */
    interface Sink {
        void send(int index, long intendedNs);
    }

    /**
     * When to send, in nanoseconds after the start: exponential gaps, since texts come independently of each other.
     *
     * @param perSecond mean rate, above 0
     */
    static long[] schedule(double perSecond, int count, long seed) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("a load of " + perSecond + " texts a second; it must be above 0");
        }
        SplittableRandom random = new SplittableRandom(seed);
        long[] offsetsNs = new long[count];
        double atNs = 0;
        for (int i = 0; i < count; i++) {
            atNs += -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
            offsetsNs[i] = (long) atNs;
        }
        return offsetsNs;
    }

    /** Sends everything, from now on. @throws Stop.Stopped where told to stop */
    static void run(long[] offsetsNs, Sink sink, Stop stop) {
        long startNs = System.nanoTime();
        for (int i = 0; i < offsetsNs.length; i++) {
            long intendedNs = startNs + offsetsNs[i];
            // Also where it is late all the time and never waits.
            stop.check();
            long leftNs;
            while ((leftNs = intendedNs - System.nanoTime()) > 0) {
                stop.check();
                LockSupport.parkNanos(Math.min(leftNs, LOOK_NS));
            }
            sink.send(i, intendedNs);
        }
        stop.check();
    }
}
