package dev.semblance.local;

import java.math.BigDecimal;

/**
 * When to send the next event of a replay: at once, or N times faster than it was said. Event time is anchored at the
 * first event that has one, so that being late once does not delay everything after. Pure: the clock is an argument.
 * Thread: one. Stateful.
 */
public final class Pacer {

    /** Longest wait for one event: a hole of years in a file must not look like a hang. */
    static final long MAX_DELAY_MS = 3_600_000;

    private static final double MAX_FACTOR = 1e9;

    private final double factor;
    private boolean anchored;
    private long firstEventMs;
    private long firstSentMs;

    private Pacer(double factor) {
        this.factor = factor;
    }

    /**
     * @param speed {@code max}, or {@code x} and how many times faster than event time: {@code x1}, {@code x60},
     *              {@code x0.5}
     * @throws IllegalArgumentException where it is neither
     */
    public static Pacer of(String speed) {
        if (speed.equals("max")) {
            return new Pacer(Double.POSITIVE_INFINITY);
        }
        if (speed.matches("x\\d{1,10}(\\.\\d{1,6})?")) {
            double factor = new BigDecimal(speed.substring(1)).doubleValue();
            if (factor > 0 && factor <= MAX_FACTOR) {
                return new Pacer(factor);
            }
        }
        throw new IllegalArgumentException("speed " + speed
                + ": expected max, or x and a number above 0 and up to 1000000000, such as x60 for an hour a minute");
    }

    /**
     * How long to wait before sending the next event.
     *
     * @param eventTimeMs of the event; −1 if unknown: it goes at once
     * @param nowMs       any clock that does not jump
     * @return milliseconds, 0 or more
     */
    public long delayMs(long eventTimeMs, long nowMs) {
        if (factor == Double.POSITIVE_INFINITY || eventTimeMs < 0) {
            return 0;
        }
        if (!anchored) {
            anchored = true;
            firstEventMs = eventTimeMs;
            firstSentMs = nowMs;
            return 0;
        }
        double dueMs = (eventTimeMs - (double) firstEventMs) / factor;
        double delayMs = dueMs - (nowMs - firstSentMs);
        if (delayMs > MAX_DELAY_MS) {
            // Anchored anew behind the hole.
            firstEventMs = eventTimeMs;
            firstSentMs = nowMs + MAX_DELAY_MS;
            return MAX_DELAY_MS;
        }
        return Math.max(0, (long) delayMs);
    }
}
