package dev.semblance.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The gauges of one owner; they leave the registry when the owner closes. Where a task comes back before its former
 * owner has closed, the newer gauge takes over and the former owner's close leaves it alone. (A registry by itself
 * keeps the older one and drops the newer without a word.)
 *
 * <p>Thread: any; thread-safe.
 */
public final class OwnedGauges implements AutoCloseable {

    private final MeterRegistry registry;
    /** Guarded by {@code this}. */
    private final List<Gauge> gauges = new ArrayList<>();

    public OwnedGauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * @param value read at each scrape, from any thread
     * @param tags  key, value, key, value, …
     */
    public synchronized OwnedGauges add(SemblanceMeter meter, Supplier<Number> value, String... tags) {
        registry.removeByPreFilterId(new Meter.Id(meter.meterName(), Tags.of(tags), meter.unit(), meter.doc(),
                Meter.Type.GAUGE));
        gauges.add(meter.gauge(registry, value, tags));
        return this;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // meters of one id are equal, whoever owns them
    public synchronized void close() {
        for (Gauge gauge : gauges) {
            boolean ours = registry.find(gauge.getId().getName()).gauges().stream().anyMatch(g -> g == gauge);
            if (ours) {
                registry.remove(gauge);
            }
        }
        gauges.clear();
    }
}
