package dev.semblance.window;

import dev.semblance.metrics.SemblanceMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of searches and cuts. Thread: the owner's of the window. */
final class WindowMeters {

    private static final Logger LOG = LoggerFactory.getLogger(WindowMeters.class);

    private final Timer scanTime;
    private final DistributionSummary scanRows;
    private final Counter cuts;
    private long cutCount;
    private long nextWarning = 1;
    private boolean blunt;

    WindowMeters(MeterRegistry registry) {
        scanTime = SemblanceMeter.WINDOW_SCAN_TIME.timer(registry);
        scanRows = SemblanceMeter.WINDOW_SCAN_ROWS.summary(registry);
        cuts = SemblanceMeter.WINDOW_CUT.counter(registry);
    }

    void scan(int rows, Runnable scan) {
        scanTime.record(scan);
        scanRows.record(rows);
    }

    /**
     * Counts each cut; logs the first, the tenth, the hundredth and so on: every event over the limit cuts one.
     *
     * @param left    originals that remain
     * @param earlyMs how long before its time the original went
     */
    void cut(long maxBytes, long left, long earlyMs) {
        cuts.increment();
        if (++cutCount == nextWarning) {
            nextWarning *= 10;
            LOG.warn(
                    "window.max.bytes={} holds only {} originals: {} dropped so far, the last one {} before the window's "
                            + "end. Copies of what was dropped pass as unique. Raise window.max.bytes to about what the whole "
                            + "window needs at this rate, or shorten the window.",
                    maxBytes, left, cutCount,
                    Duration.ofMillis(earlyMs));
        }
    }

    /** Says beforehand that there will be cuts. */
    void willBeCut(String warning) {
        LOG.warn("{}", warning);
    }

    /** Says once when the sign codes let so many pairs through that everything is scored instead. */
    void survivalRate(double rate) {
        if (rate > SearchMode.TOO_MANY && !blunt) {
            blunt = true;
            LOG.warn(
                    "{} of all pairs pass the sign codes, more than {}: the model gives unlike texts a high cosine, or "
                            + "most events are copies. Every live vector is scored while that lasts, which finds the same and "
                            + "takes about ten times as long. What helps: a higher threshold, a model with spread-out vectors, "
                            + "or, unless the log said at start that the mean is taken out, a manifest.json that states the "
                            + "model's mean, named in detect.centre.",
                    String.format(Locale.ROOT, "%.1f %%", 100 * rate), SearchMode.TOO_MANY);
        }
    }
}
