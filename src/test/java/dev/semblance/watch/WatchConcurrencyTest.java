package dev.semblance.watch;

import static dev.semblance.watch.WatchesTest.T;
import static dev.semblance.watch.WatchesTest.event;
import static dev.semblance.watch.WatchesTest.model;
import static dev.semblance.watch.WatchesTest.watch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Watches change while events are matched: every event sees each watch once, in one version. */
class WatchConcurrencyTest {

    private static final int DIMENSION = 24;
    private static final int STABLE = 40;
    private static final int CHANGING = 60;
    private static final int CHANGES = 60_000;

    /** All watches match the event, whatever their version: one that is missed, or comes twice, shows. */
    @Test
    void aChangeShowsWholeOrNotAtAll() throws Exception {
        long seed = System.nanoTime();
        Config config = WatchesTest.config("watch.max=200");
        Watches watches = WatchesTest.watches(config);
        ModelIdentity model = model("a", DIMENSION);
        Random random = new Random(seed);
        float[] v = WatchesTest.gaussian(random, DIMENSION);
        for (int i = 0; i < STABLE + CHANGING; i++) {
            watches.put(watch("w" + i, 0.8, v, model), T, T);
        }
        CountDownLatch ready = new CountDownLatch(2);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<Long>> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                readers.add(threads.submit(() -> {
                    WatchAlerter alerter = WatchesTest.alerter(config, watches);
                    alerter.match(event(v, model), T);
                    ready.countDown();
                    long rounds = 0;
                    while (!done.get()) {
                        List<String> ids = alerter.match(event(v, model), T + CHANGES).stream()
                                .map(m -> m.watch().id()).toList();
                        assertThat(ids).as("seed %d", seed).doesNotHaveDuplicates().hasSize(STABLE + CHANGING);
                        rounds++;
                    }
                    return rounds;
                }));
            }
            Future<?> writer = threads.submit(() -> {
                ready.await();
                for (int i = 0; i < CHANGES && !anyDone(readers); i++) {
                    // Every version ends at a time that the events are later than, and was there before.
                    String id = "w" + (STABLE + random.nextInt(CHANGING));
                    watches.put(watch(id, 0.5 + 0.45 * random.nextDouble(), v, model), T + 1 + i, T + 1 + i);
                }
                done.set(true);
                return null;
            });
            writer.get(60, TimeUnit.SECONDS);
            for (Future<Long> reader : readers) {
                assertThat(reader.get(60, TimeUnit.SECONDS)).as("seed %d: rounds", seed).isGreaterThan(10);
            }
        }
        assertThat(watches.live()).isEqualTo(STABLE + CHANGING);
    }

    private static boolean anyDone(List<Future<Long>> readers) {
        return readers.stream().anyMatch(Future::isDone);
    }
}
