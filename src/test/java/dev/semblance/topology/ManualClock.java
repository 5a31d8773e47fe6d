package dev.semblance.topology;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that stands still until it is moved. Thread: the test's. */
final class ManualClock implements LongSupplier {

    private long nowNs = 1_000_000_000;

    void advance(Duration time) {
        nowNs += time.toNanos();
    }

    @Override
    public long getAsLong() {
        return nowNs;
    }
}
