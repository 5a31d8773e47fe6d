package dev.semblance.infer;

import dev.semblance.batch.MicroBatch;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A scripted device: vectors made from the ids alone, so that texts which share words are similar; may reject texts,
 * be slow, stand still or be lost. Thread: the script may be changed at any time.
 */
public final class FakeBackend implements Backend {

    public static final int DIMENSION = 32;

    private final List<List<int[]>> runs = new CopyOnWriteArrayList<>();
    private final AtomicInteger transientFailures = new AtomicInteger();
    private final AtomicInteger lanesClosed = new AtomicInteger();
    private volatile Predicate<int[]> poison = ids -> false;
    private volatile Semaphore gate;
    private volatile Duration delay = Duration.ZERO;
    private volatile Failure failure;
    private volatile RuntimeException bug;
    private volatile boolean dependsOnBatch;
    private volatile boolean closed;

    /** The vector that any engine on such a backend gives for these ids. */
    public static float[] vectorOf(int[] ids) {
        double[] sum = new double[DIMENSION];
        for (int id : ids) {
            SplittableRandom random = new SplittableRandom(id * 0x9E3779B97F4A7C15L);
            for (int d = 0; d < DIMENSION; d++) {
                sum[d] += random.nextDouble() - 0.5;
            }
        }
        double squares = 0;
        for (double s : sum) {
            squares += s * s;
        }
        float[] vector = new float[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
            vector[d] = (float) (sum[d] / Math.sqrt(squares));
        }
        return vector;
    }

    /** Batches that hold such a text fail. */
    public FakeBackend poisonIf(Predicate<int[]> rejected) {
        poison = rejected;
        return this;
    }

    /** Each run takes this long. */
    public FakeBackend delay(Duration each) {
        delay = each;
        return this;
    }

    /** Runs wait until {@link #release}. */
    public FakeBackend hold() {
        gate = new Semaphore(0);
        return this;
    }

    /** Lets so many runs go. */
    public void release(int count) {
        gate.release(count);
    }

    /** All later runs fail for good. */
    public void loseDevice() {
        failure = new DeviceLost("the cable was pulled", null);
    }

    void failTransiently(int times) {
        transientFailures.set(times);
    }

    /** Vectors depend on the number of rows from now on. */
    FakeBackend dependOnBatch() {
        dependsOnBatch = true;
        return this;
    }

    void rejectEverything() {
        poison = ids -> true;
    }

    void breakWith(RuntimeException e) {
        bug = e;
    }

    /** The texts of each run that began, in order; warm-up included. */
    public List<List<int[]>> runs() {
        return runs;
    }

    int lanesClosed() {
        return lanesClosed.get();
    }

    boolean closed() {
        return closed;
    }

    @Override
    public String device() {
        return "fake";
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public Lane newLane() {
        return new Lane() {

            @Override
            public float[] run(MicroBatch<?> batch) throws Failure {
                return FakeBackend.this.run(batch);
            }

            @Override
            public void close() {
                lanesClosed.incrementAndGet();
            }
        };
    }

    private float[] run(MicroBatch<?> batch) throws Failure {
        runs.add(batch.rows().stream().map(r -> r.text().ids()).toList());
        LockSupport.parkNanos(delay.toNanos());
        if (gate != null) {
            gate.acquireUninterruptibly();
        }
        if (failure != null) {
            throw failure;
        }
        if (bug != null) {
            throw bug;
        }
        if (transientFailures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new Transient("too little memory", null);
        }
        float[] vectors = new float[batch.size() * DIMENSION];
        for (int row = 0; row < batch.size(); row++) {
            if (poison.test(batch.ids(row))) {
                throw new Poison("it tastes bad", null);
            }
            System.arraycopy(vectorOf(batch.ids(row)), 0, vectors, row * DIMENSION, DIMENSION);
            vectors[row * DIMENSION] += dependsOnBatch ? batch.size() : 0;
        }
        return vectors;
    }

    @Override
    public void close() {
        closed = true;
    }
}
