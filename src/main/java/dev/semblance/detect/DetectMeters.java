package dev.semblance.detect;

import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.AlertKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** The meters of one task of the detect stage. Thread: the stream thread; gauges are read by any. */
final class DetectMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final OwnedGauges gauges;
    private final Counter events;
    private final Counter unique;
    private final Counter suppressed;
    private final Counter late;
    private final SourceMeters sources;
    private final Timer latency;

    DetectMeters(MeterRegistry registry, String task, int meteredSources, Supplier<Number> inFlight) {
        this.registry = registry;
        this.gauges = new OwnedGauges(registry).add(SemblanceMeter.DETECT_IN_FLIGHT, inFlight, "task", task);
        this.events = SemblanceMeter.DETECT_EVENTS.counter(registry);
        this.unique = SemblanceMeter.DETECT_UNIQUE.counter(registry);
        this.suppressed = SemblanceMeter.DETECT_SUPPRESSED.counter(registry);
        this.late = SemblanceMeter.DETECT_LATE.counter(registry);
        this.sources = new SourceMeters(registry, meteredSources);
        this.latency = SemblanceMeter.DETECT_LATENCY.timer(registry);
    }

    Timer latency() {
        return latency;
    }

    void decided(Verdict verdict) {
        events.increment();
        if (verdict.outcome() == Verdict.Outcome.LATE) {
            late.increment();
        } else if (verdict.suppressed()) {
            suppressed.increment();
        } else {
            unique.increment();
        }
        if (verdict.outcome() != Verdict.Outcome.LATE) {
            sources.decided(verdict.event().event().user(), verdict.suppressed());
        }
        if (verdict.match() != null) {
            SemblanceMeter.DETECT_DUPLICATES.counter(registry, "kind", verdict.match().kind().name()).increment();
        }
    }

    void joined(PairJoin.Joined joined) {
        events.increment();
        (joined.late() ? late : unique).increment();
        if (!joined.late()) {
            sources.decided(joined.event().event().user(), false);
        }
    }

    void alerted(AlertKind kind) {
        SemblanceMeter.DETECT_ALERTS.counter(registry, "kind", kind.name()).increment();
    }

    @Override
    public void close() {
        gauges.close();
    }
}
