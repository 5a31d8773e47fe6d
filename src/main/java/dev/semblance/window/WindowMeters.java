package dev.semblance.window;

import dev.semblance.metrics.SemblanceMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of searches and cuts. Thread: the owner's of the window. */
final class WindowMeters {

    private static final Logger LOG = LoggerFactory.getLogger(WindowMeters.class);

    private final Timer scanTime;
    private final DistributionSummary scanRows;
    private final Counter cuts;
    private boolean warned;

    WindowMeters(MeterRegistry registry) {
        scanTime = SemblanceMeter.WINDOW_SCAN_TIME.timer(registry);
        scanRows = SemblanceMeter.WINDOW_SCAN_ROWS.summary(registry);
        cuts = SemblanceMeter.WINDOW_CUT.counter(registry);
    }

    void scan(int rows, Runnable scan) {
        scanTime.record(scan);
        scanRows.record(rows);
    }

    /** Counts each, logs the first: every event over the limit cuts one. */
    void cut(long maxBytes) {
        cuts.increment();
        if (!warned) {
            warned = true;
            LOG.warn("the window has reached window.max.bytes={} and drops its oldest originals before their time: "
                    + "their copies will pass as unique. Raise window.max.bytes, or shorten the window.", maxBytes);
        }
    }
}
