package dev.semblance.detect;

import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
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
    private final Counter quiet;
    private final SourceMeters sources;
    private final Timer latency;

    DetectMeters(MeterRegistry registry, String task, int meteredSources, Supplier<Number> inFlight) {
        this(registry, meteredSources);
        gauges.add(SemblanceMeter.DETECT_IN_FLIGHT, inFlight, "task", task);
    }

    /** Of a task that holds nothing for order. */
    DetectMeters(MeterRegistry registry, int meteredSources) {
        this.registry = registry;
        this.gauges = new OwnedGauges(registry);
        this.events = SemblanceMeter.DETECT_EVENTS.counter(registry);
        this.unique = SemblanceMeter.DETECT_UNIQUE.counter(registry);
        this.suppressed = SemblanceMeter.DETECT_SUPPRESSED.counter(registry);
        this.late = SemblanceMeter.DETECT_LATE.counter(registry);
        this.quiet = SemblanceMeter.DETECT_QUIET.counter(registry);
        this.sources = new SourceMeters(registry, meteredSources);
        this.latency = SemblanceMeter.DETECT_LATENCY.timer(registry);
    }

    Timer latency() {
        return latency;
    }

    Counter quiet() {
        return quiet;
    }

    void decided(Verdict verdict) {
        if (verdict.outcome() == Verdict.Outcome.LATE) {
            late();
        } else {
            decided(verdict.event(), verdict.match() == null ? null : verdict.match().kind(), verdict.suppressed());
        }
    }

    void late() {
        events.increment();
        late.increment();
    }

    /** @param kind of the match; null for none */
    void decided(Embedding event, MatchKind kind, boolean isSuppressed) {
        events.increment();
        (isSuppressed ? suppressed : unique).increment();
        sources.decided(event.event().user(), isSuppressed);
        if (kind != null) {
            SemblanceMeter.DETECT_DUPLICATES.counter(registry, "kind", kind.name()).increment();
        }
    }

    void joined(PairJoin.Joined joined) {
        if (joined.late()) {
            late();
        } else {
            decided(joined.event(), null, false);
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
