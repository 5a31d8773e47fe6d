package dev.semblance.infer;

import dev.semblance.batch.MicroBatch;
import dev.semblance.record.PoisonTextException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * One worker's duties, without its thread: take a batch, run it, complete its futures.
 *
 * <p>
 * A batch that fails as poisoned is halved until the poisoned text is alone, about 2 log n extra runs for one in n; the
 * others get their vectors. Since a broken device could make every text look poisoned, a text found so is believed only
 * if a text known to be good still runs.
 *
 * <p>
 * Thread: one owner. {@link #doWork} blocks for the duration of a run.
 */
final class EngineAgent implements AutoCloseable {

    /** Runs of one batch before a transient failure counts as lasting. */
    static final int ATTEMPTS_MAX = 3;

    private static final long BACKOFF_NS = 10_000_000;

    private final int worker;
    private final String device;
    private final int dimension;
    private final EngineQueue queue;
    private final Backend.Lane lane;
    private final EngineMeters meters;
    private final MicroBatch<?> knownGood;
    private final LongSupplier nanoClock;
    private final LongConsumer sleepNs;

    /**
     * @param worker    index among the workers of one queue
     * @param knownGood a batch of one short text that ran during warm-up
     */
    EngineAgent(int worker, Backend backend, Backend.Lane lane, EngineQueue queue, EngineMeters meters,
            MicroBatch<?> knownGood, LongSupplier nanoClock, LongConsumer sleepNs) {
        this.worker = worker;
        this.device = backend.device();
        this.dimension = backend.dimension();
        this.queue = queue;
        this.lane = lane;
        this.meters = meters;
        this.knownGood = knownGood;
        this.nanoClock = nanoClock;
        this.sleepNs = sleepNs;
    }

    /** @return texts dealt with; 0 means that no batch was due */
    int doWork(long nowNs) {
        Optional<MicroBatch<CompletableFuture<float[]>>> batch = queue.poll(worker, nowNs);
        if (batch.isEmpty()) {
            return 0;
        }
        meters.formed(batch.get(), nowNs);
        try {
            runOrSplit(batch.get());
        } catch (Backend.Failure e) {
            queue.stop(lost(e), true);
        } catch (RuntimeException | Error e) {
            queue.stop(new DeviceLostException(device + ": stopped by a fault of the program: " + e
                    + "; please report it, and restart the process", e), true);
        } finally {
            queue.ended(worker, nanoClock.getAsLong());
        }
        return batch.get().size();
    }

    private DeviceLostException lost(Backend.Failure failure) {
        String kind = failure instanceof Backend.Bug ? "stopped by a fault of the program" : "is lost";
        return new DeviceLostException(
                device + ": " + kind + ": " + failure.getMessage() + "; restart the process, and check the device",
                failure);
    }

    /** @throws Backend.Failure if the device is lost */
    private void runOrSplit(MicroBatch<CompletableFuture<float[]>> batch) throws Backend.Failure {
        if (queue.deviceLost()) {
            return;
        }
        try {
            complete(batch, attempt(batch));
        } catch (Backend.Poison e) {
            if (batch.size() > 1) {
                halves(batch);
            } else {
                blame(batch, e);
            }
        } catch (Backend.Transient e) {
            if (batch.size() == 1) {
                throw e;
            }
            halves(batch);
        }
    }

    private void halves(MicroBatch<CompletableFuture<float[]>> batch) throws Backend.Failure {
        int middle = batch.size() / 2;
        runOrSplit(batch.part(0, middle));
        runOrSplit(batch.part(middle, batch.size()));
    }

    private float[] attempt(MicroBatch<?> batch) throws Backend.Failure {
        for (int attempt = 1;; attempt++) {
            long startNs = nanoClock.getAsLong();
            queue.runBegins(worker, startNs);
            try {
                float[] vectors = lane.run(batch);
                meters.ran(batch, nanoClock.getAsLong() - startNs);
                return vectors;
            } catch (Backend.Transient e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
                sleepNs.accept(BACKOFF_NS << attempt);
            }
        }
    }

    private void complete(MicroBatch<CompletableFuture<float[]>> batch, float[] vectors) {
        for (int row = 0; row < batch.size(); row++) {
            batch.rows().get(row).ticket()
                    .complete(Arrays.copyOfRange(vectors, row * dimension, (row + 1) * dimension));
        }
    }

    private void blame(MicroBatch<CompletableFuture<float[]>> single, Backend.Poison poison) throws Backend.Failure {
        try {
            attempt(knownGood);
        } catch (Backend.Poison e) {
            throw new Backend.DeviceLost("it now rejects a text that it took at the start: " + e.getMessage(), poison);
        }
        single.rows().getFirst().ticket().completeExceptionally(
                new PoisonTextException("The model rejects the text: " + poison.getMessage(), poison));
    }

    @Override
    public void close() {
        lane.close();
    }
}
