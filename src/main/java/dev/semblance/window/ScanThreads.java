package dev.semblance.window;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads that the scans of one window are spread over: the calling one, and helpers that wait in between. Work is
 * cut into more parts than there are threads, and whoever is free takes the next: a helper that gets no core costs
 * nothing but its help. The helpers are daemons, start with the first work that is shared, and end with {@link #close};
 * later work starts them again.
 *
 * <p>Thread: {@link #run} and {@link #close} by one owner at a time, never from within a part.
 */
final class ScanThreads implements AutoCloseable {

    /** Everything on the calling thread. Has no state, so everyone may use it. */
    static final ScanThreads NONE = new ScanThreads(1, Long.MAX_VALUE);

    /** Pairs of codes below which waking a helper costs more than it saves: some tens of microseconds' worth. */
    private static final long MIN_WORK = 1 << 16;
    private static final int PARTS_A_THREAD = 4;

    /** One part of the work. Parts of one run go on at the same time, each worker's one after the other. */
    @FunctionalInterface
    interface Part {
        /** @param worker 0 … {@link #threads} − 1: whose scratch to use */
        void run(int part, int worker);
    }

    /** Work that was cut into parts. */
    private static final class Run {
        private final Part work;
        private final int parts;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch left;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Run(Part work, int parts) {
            this.work = work;
            this.parts = parts;
            this.left = new CountDownLatch(parts);
        }

        @SuppressWarnings("CatchingUnchecked") // handed to the owner, who throws it
        void work(int worker) {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        work.run(part, worker);
                    }
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    left.countDown();
                }
            }
        }

        /** Until no part runs any more: the memory that they read may be given back afterwards. */
        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    left.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure.get()) {
                case null -> {
                }
                case Error e -> throw e;
                case Throwable e -> throw (RuntimeException) e;
            }
        }
    }

    private final int threads;
    private final long minWork;
    /** Guarded by this; null before the first shared work and after {@link #close}. */
    private Thread[] helpers;
    /** Guarded by this. */
    private Run current;

    /** @param threads the calling one included; at least 1 */
    ScanThreads(int threads) {
        this(threads, MIN_WORK);
    }

    /** @param minWork pairs of codes from which work is shared */
    ScanThreads(int threads, long minWork) {
        this.threads = threads;
        this.minWork = minWork;
    }

    /** Upper bound on the workers of a run. */
    int threads() {
        return threads;
    }

    /** Into how many parts work is to be cut: 1 where it is not worth sharing. */
    int parts(long work) {
        return threads == 1 || work < minWork ? 1 : threads * PARTS_A_THREAD;
    }

    /**
     * Runs all parts, and returns when the last has ended. Where one throws, those that have not begun are left out, and
     * this throws what the first threw.
     */
    void run(int parts, Part work) {
        Run run = new Run(work, parts);
        if (parts > 1) {
            offer(run);
        }
        run.work(0);
        run.await();
        if (parts > 1) {
            offer(null);
        }
    }

    private synchronized void offer(Run run) {
        if (helpers == null) {
            helpers = new Thread[threads - 1];
            for (int i = 0; i < helpers.length; i++) {
                int worker = i + 1;
                helpers[i] = Thread.ofPlatform().daemon().name(Thread.currentThread().getName() + "-scan-" + worker)
                        .unstarted(() -> help(worker));
            }
            for (Thread helper : helpers) {
                helper.start();
            }
        }
        current = run;
        if (run != null) {
            notifyAll();
        }
    }

    private void help(int worker) {
        for (Run run = take(null); run != null; run = take(run)) {
            run.work(worker);
        }
    }

    /** The next run; null when it is time to end. */
    private synchronized Run take(Run done) {
        try {
            while (isMine(Thread.currentThread()) && (current == null || current == done)) {
                wait();
            }
        } catch (InterruptedException e) {
            return null;
        }
        return isMine(Thread.currentThread()) ? current : null;
    }

    private boolean isMine(Thread thread) {
        if (helpers != null) {
            for (Thread helper : helpers) {
                if (helper == thread) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Ends the helpers. */
    @Override
    public synchronized void close() {
        helpers = null;
        current = null;
        notifyAll();
    }
}
