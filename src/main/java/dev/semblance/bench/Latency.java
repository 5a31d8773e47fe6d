package dev.semblance.bench;

import org.HdrHistogram.Histogram;

/**
 * Latencies under one offered load.
 *
 * @param load             offered load as a share of the capacity
 * @param offeredPerSecond texts a second
 * @param texts            measured
 */
public record Latency(double load, double offeredPerSecond, long texts, double p50Ms, double p99Ms, double maxMs) {

    /** @param micros a histogram of microseconds that nobody writes to any more */
    static Latency of(double load, double offeredPerSecond, Histogram micros) {
        return new Latency(load, offeredPerSecond, micros.getTotalCount(), micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3, micros.getMaxValue() / 1e3);
    }
}
