package dev.semblance.model.hub;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ends a transfer that has stopped, or only drips: reading a body has no timeout of its own in Java's client.
 *
 * <p>
 * Thread: opened, counted and closed by the reader; a virtual thread watches.
 */
final class StallWatch implements AutoCloseable {

    private final InputStream body;
    private final Patience patience;
    private final AtomicLong received = new AtomicLong();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean stalled;

    private StallWatch(InputStream body, Patience patience) {
        this.body = body;
        this.patience = patience;
    }

    static StallWatch on(InputStream body, Patience patience) {
        StallWatch watch = new StallWatch(body, patience);
        Thread.ofVirtual().name("stall-watch").start(watch::watch);
        return watch;
    }

    void received(int bytes) {
        received.addAndGet(bytes);
    }

    private void watch() {
        try {
            long before = 0;
            while (!done.await(patience.stall().toNanos(), TimeUnit.NANOSECONDS)) {
                long now = received.get();
                if (now - before < patience.stallBytes()) {
                    stalled = true;
                    body.close();
                    return;
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The body is closed all the same, and its reader fails.
        }
    }

    /** What to say of a read that failed: that it was ended from here, if so. */
    IOException explained(IOException failure) {
        return stalled
                ? new TransientFailure("fewer than " + patience.stallBytes() + " bytes came in "
                        + patience.stall().toMillis() + " ms", null)
                : failure;
    }

    boolean stalled() {
        return stalled;
    }

    @Override
    public void close() {
        done.countDown();
    }
}
