package dev.semblance.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Time on a clock, and on all cores, of this process and of the broker's.
 *
 * @param brokerS 0 without a broker
 */
record CpuTime(double wallS, double ownS, double brokerS) {

    /** @param brokerPid −1 for none */
    static CpuTime now(long brokerPid) {
        OperatingSystemMXBean own = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double broker = brokerPid < 0
                ? 0
                : ProcessHandle.of(brokerPid).flatMap(p -> p.info().totalCpuDuration()).orElse(Duration.ZERO)
                        .toNanos() / 1e9;
        return new CpuTime(System.nanoTime() / 1e9, own.getProcessCpuTime() / 1e9, broker);
    }

    CpuTime since(CpuTime before) {
        return new CpuTime(wallS - before.wallS, ownS - before.ownS, brokerS - before.brokerS);
    }

    /** Of all cores' time, 0 … 1. */
    double brokerShare() {
        return brokerS / (wallS * Runtime.getRuntime().availableProcessors());
    }
}
