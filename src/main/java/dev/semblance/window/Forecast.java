package dev.semblance.window;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a window that is still filling will fit into its bytes: what it holds by now, over the event time that this
 * took, tells what it will hold once it is full. Looked at when a hundredth, a tenth and half of the bytes are taken.
 *
 * <p>Thread: the owner's of the window.
 */
final class Forecast {

    private static final double[] SHARES = {0.01, 0.1, 0.5};
    /** Fewer say nothing about a rate. */
    private static final long LEAST_LIVE = 100;

    private final long maxBytes;
    private int next;

    Forecast(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether {@link #warning} has something to look at. */
    boolean isDue(long bytes) {
        return next < SHARES.length && bytes >= SHARES[next] * maxBytes;
    }

    /**
     * What to say, where the window will not fit.
     *
     * @param live   entries by now
     * @param bytes  that they take
     * @param spanMs event time between the one last seen the longest ago and the newest
     * @param keptMs how long an entry is kept
     */
    Optional<String> warning(long live, long bytes, long spanMs, long keptMs) {
        while (isDue(bytes)) {
            next++;
        }
        long span = Math.max(1, spanMs);
        double needed = (double) bytes * keptMs / span;
        if (live < LEAST_LIVE || keptMs <= span || needed <= maxBytes) {
            return Optional.empty();
        }
        Duration fits = Duration.ofMillis((long) (keptMs * (maxBytes / needed)));
        return Optional.of(String.format(Locale.ROOT,
                "window.max.bytes=%d will not hold the window: %,d originals in %s of event time, %.1f a second, × %,d "
                        + "bytes × %s are %,.0f bytes. At that rate the oldest will go after about %s, and their copies pass "
                        + "as unique. Raise window.max.bytes, or shorten the window.",
                maxBytes, live, show(Duration.ofMillis(span)), 1_000.0 * live / span, bytes / live,
                show(Duration.ofMillis(keptMs)), needed, show(fits)));
    }

    private static String show(Duration d) {
        return d.toMinutes() > 0 ? d.toHours() + "h" + d.toMinutesPart() + "m" : d.toMillis() / 1_000.0 + "s";
    }
}
