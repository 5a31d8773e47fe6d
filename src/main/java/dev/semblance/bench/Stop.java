package dev.semblance.bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A request to end early, such as Ctrl-C. Whoever measures looks at it between two steps and unwinds through
 * {@link Stopped}, so that what was opened is closed and deleted in order.
 *
 * <p>Thread: requested from any; looked at by the one that measures.
 */
public final class Stop {

    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Runnable> wakes = new CopyOnWriteArrayList<>();

    /** Thrown where a measurement is given up because it was told to. */
    public static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("stopped before the end");
        }
    }

    public void request() {
        requested.countDown();
        wakes.forEach(Runnable::run);
    }

    /** @param wake called on a request, from another thread: ends a wait that cannot look by itself */
    void onRequest(Runnable wake) {
        wakes.add(wake);
        if (requested.getCount() == 0) {
            wake.run();
        }
    }

    /** @throws Stopped where a request has come */
    public void check() {
        if (requested.getCount() == 0) {
            throw new Stopped();
        }
    }
}
