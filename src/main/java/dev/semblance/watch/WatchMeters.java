package dev.semblance.watch;

import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is counted and said about watches. What may happen for each record or event is said at the first, the tenth, the
 * hundredth time and so on. Thread: any; thread-safe.
 */
final class WatchMeters {

    private static final Logger LOG = LoggerFactory.getLogger(WatchMeters.class);

    private final MeterRegistry registry;
    private final Timer time;
    private final DistributionSummary scored;
    private final Counter cuts;
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong cutEvents = new AtomicLong();
    private final AtomicLong nextOthers = new AtomicLong(1);
    private volatile int others;

    WatchMeters(MeterRegistry registry) {
        this.registry = registry;
        time = SemblanceMeter.WATCH_TIME.timer(registry);
        scored = SemblanceMeter.WATCH_SCORED.summary(registry);
        cuts = SemblanceMeter.WATCH_CUT.counter(registry);
    }

    OwnedGauges gauges(Watches watches) {
        return new OwnedGauges(registry).add(SemblanceMeter.WATCH_LIVE, watches::live)
                .add(SemblanceMeter.WATCH_BYTES, watches::sizeBytes)
                .add(SemblanceMeter.WATCH_OTHER_MODEL, () -> others);
    }

    void matched(long tookNs, long survived) {
        time.record(tookNs, TimeUnit.NANOSECONDS);
        scored.record(survived);
    }

    /** @param notComparable watches of other models than the event's */
    void compared(ModelIdentity model, int notComparable) {
        others = notComparable;
        long next = nextOthers.get();
        if (notComparable >= next && nextOthers.compareAndSet(next, 10L * notComparable)) {
            LOG.warn("{} of the watches have vectors of another model than the events' ({} revision {}): they report "
                    + "nothing. Send their records to the watches topic once more, so that this model embeds them.",
                    notComparable, model.id(), model.revision());
        }
    }

    void cut(String eventId, int matches, int max) {
        cuts.increment(matches - max);
        long count = cutEvents.incrementAndGet();
        if (isPowerOfTen(count)) {
            LOG.warn("event {} matches {} watches, more than watch.alerts.max={}: only the closest are reported. That "
                    + "was event number {} of the kind.", eventId, matches, max, count);
        }
    }

    /** A record of the topic of watch vectors that cannot be used. The global thread must not stop for it. */
    void refused(Rejection rejection, String where) {
        SemblanceMeter.WATCH_REFUSED.counter(registry, "reason", rejection.reason().name()).increment();
        long count = refusals.incrementAndGet();
        if (isPowerOfTen(count)) {
            LOG.warn("the watch at {} is refused ({}): {}. That was refusal number {}; the record is skipped, and a "
                    + "watch of that id that was there before is no longer in force.", where, rejection.reason(),
                    rejection.message(), count);
        }
    }

    private static boolean isPowerOfTen(long n) {
        long power = 1;
        while (power < n) {
            power *= 10;
        }
        return power == n;
    }
}
