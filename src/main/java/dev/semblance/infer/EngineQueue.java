package dev.semblance.infer;

import dev.semblance.batch.BatchFormer;
import dev.semblance.batch.MicroBatch;
import dev.semblance.batch.Pending;
import dev.semblance.record.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between submitters and workers of one device: the batch former under a lock, what is running, and the one state that
 * matters: open, or stopped for a reason that never changes again.
 *
 * <p>
 * Thread: safe. Futures are completed outside the lock.
 */
final class EngineQueue {

    private static final Logger LOG = LoggerFactory.getLogger(EngineQueue.class);

    private final String device;
    private final EngineSettings settings;
    private final LongSupplier nanoClock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition space = lock.newCondition();

    /** Guarded by {@link #lock}. */
    private final BatchFormer<CompletableFuture<float[]>> former;

    /** By worker; null where it is idle. Guarded by {@link #lock}. */
    private final Flight[] flights;

    /** Guarded by {@link #lock}. */
    private long lastRunEndNs;

    /** Why nothing is taken any more, or null. Written once, under {@link #lock}. */
    private volatile RuntimeException stopped;

    /** A batch on the device; startNs is that of the current run, a part of the batch or the whole. */
    private record Flight(MicroBatch<CompletableFuture<float[]>> batch, long startNs) {}

    EngineQueue(String device, EngineSettings settings, LongSupplier nanoClock) {
        this.device = device;
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.former = new BatchFormer<>(settings.limits());
        this.flights = new Flight[settings.threads()];
        this.lastRunEndNs = nanoClock.getAsLong();
    }

    /** Blocks while the queue is full. However it ends, the future will be completed. */
    void submit(TokenizedText text, CompletableFuture<float[]> result) {
        RuntimeException refusal;
        lock.lock();
        try {
            refusal = admit(text, result);
        } finally {
            lock.unlock();
        }
        if (refusal instanceof DeviceLostException lost) {
            stop(lost, true);
        }
        if (refusal != null) {
            result.completeExceptionally(stopped == null ? refusal : stopped);
        }
    }

    /** Why the text was not taken, or null. */
    private RuntimeException admit(TokenizedText text, CompletableFuture<float[]> result) {
        long waitStartNs = nanoClock.getAsLong();
        while (stopped == null) {
            long nowNs = nanoClock.getAsLong();
            if (former.offer(result, text, nowNs)) {
                work.signal();
                return null;
            }
            long stalledNs = Math.min(nowNs - waitStartNs, nowNs - lastRunEndNs);
            if (stalledNs >= settings.timeoutNs()) {
                return new DeviceLostException(device + ": the queue of " + former.size()
                        + " texts is full and no run has ended within " + settings.timeoutText()
                        + "; restart the process, and check the device", null);
            }
            try {
                space.await(settings.timeoutNs() - stalledNs, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new IllegalStateException("Interrupted while waiting for a place in the queue of " + device, e);
            }
        }
        return stopped;
    }

    /** The next batch for a worker, if one is due; it counts as running until {@link #ended}. */
    Optional<MicroBatch<CompletableFuture<float[]>>> poll(int worker, long nowNs) {
        lock.lock();
        try {
            if (stopped != null) {
                return Optional.empty();
            }
            Optional<MicroBatch<CompletableFuture<float[]>>> batch = former.poll(nowNs);
            batch.ifPresent(b -> {
                flights[worker] = new Flight(b, nowNs);
                space.signalAll();
                if (former.dueNs(nowNs).isPresent()) {
                    work.signal();
                }
            });
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** A worker begins another run for its batch, a part of it or the same again: the one before has ended. */
    void runBegins(int worker, long nowNs) {
        lock.lock();
        try {
            lastRunEndNs = nowNs;
            if (flights[worker] != null) {
                flights[worker] = new Flight(flights[worker].batch, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A worker's batch is done with. */
    void ended(int worker, long nowNs) {
        lock.lock();
        try {
            flights[worker] = null;
            lastRunEndNs = nowNs;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when a batch may be due or the queue was stopped, or for no reason: the caller polls again. */
    @SuppressWarnings("WaitNotInLoop")
    void awaitWork() throws InterruptedException {
        lock.lock();
        try {
            long nowNs = nanoClock.getAsLong();
            OptionalLong dueNs = former.dueNs(nowNs);
            if (stopped == null && dueNs.isEmpty()) {
                work.await();
            } else if (stopped == null && dueNs.getAsLong() > nowNs) {
                work.awaitNanos(dueNs.getAsLong() - nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The watchdog's turn: a run that takes too long loses the device. */
    void check(long nowNs) {
        DeviceLostException lost = null;
        lock.lock();
        try {
            for (Flight flight : flights) {
                if (flight != null && nowNs - flight.startNs >= settings.timeoutNs()) {
                    lost = new DeviceLostException(
                            device + ": a run of " + flight.batch.size() + " texts has not ended within "
                                    + settings.timeoutText() + "; restart the process, and check the device",
                            null);
                }
            }
        } finally {
            lock.unlock();
        }
        if (lost != null) {
            stop(lost, true);
        }
    }

    /** The first reason stays. Fails all that waits, and what runs too if it is not expected to end. */
    void stop(RuntimeException reason, boolean failRunning) {
        List<CompletableFuture<float[]>> left = new ArrayList<>();
        lock.lock();
        try {
            if (stopped == null) {
                stopped = reason;
                if (reason instanceof DeviceLostException) {
                    LOG.error("{}", reason.getMessage(), reason.getCause());
                }
            }
            former.drain().forEach(p -> left.add(p.ticket()));
            if (failRunning) {
                for (Flight flight : flights) {
                    if (flight != null) {
                        flight.batch.rows().stream().map(Pending::ticket).forEach(left::add);
                    }
                }
            }
            work.signalAll();
            space.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(f -> f.completeExceptionally(stopped));
    }

    /** Why nothing is taken any more, or null. */
    RuntimeException stopped() {
        return stopped;
    }

    boolean deviceLost() {
        return stopped instanceof DeviceLostException;
    }

    /** Texts waiting. */
    int waiting() {
        lock.lock();
        try {
            return former.size();
        } finally {
            lock.unlock();
        }
    }

    /** Texts waiting or running. */
    int load() {
        lock.lock();
        try {
            int sum = former.size();
            for (Flight flight : flights) {
                sum += flight == null ? 0 : flight.batch.size();
            }
            return sum;
        } finally {
            lock.unlock();
        }
    }
}
