package dev.semblance.detect;

import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;
import io.micrometer.core.instrument.MeterRegistry;

/** The gauges of one of several shards. Thread: the stream thread; gauges are read by any. */
final class ShardMeters implements AutoCloseable {

    private final OwnedGauges gauges;
    private volatile long open;
    private volatile long waiting;

    ShardMeters(MeterRegistry registry, String task) {
        gauges = new OwnedGauges(registry).add(SemblanceMeter.DETECT_OPEN, () -> open, "task", task)
                .add(SemblanceMeter.DETECT_WAITING, () -> waiting, "task", task);
    }

    void update(Shard shard) {
        open = shard.open();
        waiting = shard.waiting();
    }

    @Override
    public void close() {
        gauges.close();
    }
}
