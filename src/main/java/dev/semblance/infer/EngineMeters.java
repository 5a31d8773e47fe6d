package dev.semblance.infer;

import dev.semblance.batch.MicroBatch;
import dev.semblance.batch.Pending;
import dev.semblance.metrics.SemblanceMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What one device's engine counts. Thread: safe. */
final class EngineMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final Timer queueTime;
    private final DistributionSummary rows;
    private final DistributionSummary batchTokens;
    private final Counter tokens;
    private final Counter paddingTokens;
    private final Timer deviceTime;
    private final List<Gauge> gauges;
    private final boolean packed;

    /** @param packed whether batches run without padding */
    EngineMeters(MeterRegistry registry, String device, EngineQueue queue, boolean packed) {
        this.registry = registry;
        this.packed = packed;
        this.queueTime = SemblanceMeter.ENGINE_QUEUE_TIME.timer(registry);
        this.rows = SemblanceMeter.ENGINE_BATCH_ROWS.summary(registry);
        this.batchTokens = SemblanceMeter.ENGINE_BATCH_TOKENS.summary(registry);
        this.tokens = SemblanceMeter.ENGINE_TOKENS.counter(registry);
        this.paddingTokens = SemblanceMeter.ENGINE_PADDING_TOKENS.counter(registry);
        this.deviceTime = SemblanceMeter.ENGINE_DEVICE_TIME.timer(registry, "device", device);
        this.gauges = List.of(SemblanceMeter.ENGINE_QUEUE_DEPTH.gauge(registry, queue::waiting, "device", device),
                SemblanceMeter.ENGINE_DEVICE_LOST.gauge(registry, () -> queue.deviceLost() ? 1 : 0, "device", device));
    }

    void formed(MicroBatch<?> batch, long nowNs) {
        for (Pending<?> row : batch.rows()) {
            // The worker reads the clock before it takes the lock, so a text may arrive "later".
            queueTime.record(Math.max(0, nowNs - row.arrivalNs()), TimeUnit.NANOSECONDS);
        }
    }

    void ran(MicroBatch<?> batch, long durationNs) {
        deviceTime.record(durationNs, TimeUnit.NANOSECONDS);
        rows.record(batch.size());
        int textTokens = batch.textTokens();
        int ranTokens = packed ? textTokens : batch.tokens();
        batchTokens.record(ranTokens);
        tokens.increment(textTokens);
        paddingTokens.increment(ranTokens - textTokens);
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
