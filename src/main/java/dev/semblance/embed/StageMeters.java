package dev.semblance.embed;

import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** The meters of one task of the embed stage. Thread: the stream thread; gauges are read by any. */
final class StageMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final OwnedGauges gauges;
    private final Counter events;
    private final Counter deletes;
    private final Counter truncated;
    private final Timer latency;

    StageMeters(MeterRegistry registry, String input, String task, Supplier<Number> inFlight) {
        this.registry = registry;
        this.gauges = new OwnedGauges(registry).add(SemblanceMeter.EMBED_IN_FLIGHT, inFlight, "task", task);
        this.events = SemblanceMeter.EMBED_EVENTS.counter(registry, "input", input);
        this.deletes = SemblanceMeter.EMBED_DELETES.counter(registry, "input", input);
        this.truncated = SemblanceMeter.EMBED_TRUNCATED.counter(registry);
        this.latency = SemblanceMeter.EMBED_LATENCY.timer(registry);
    }

    Timer latency() {
        return latency;
    }

    void forwarded(Output.Forward output) {
        (output.value() == null ? deletes : events).increment();
        if (output.truncated()) {
            truncated.increment();
        }
    }

    void rejected(Rejection rejection) {
        SemblanceMeter.DEAD_LETTERS.counter(registry, "stage", "embed", "reason", rejection.reason().name())
                .increment();
    }

    @Override
    public void close() {
        gauges.close();
    }
}
