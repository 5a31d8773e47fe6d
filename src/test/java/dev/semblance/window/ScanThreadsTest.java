package dev.semblance.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScanThreadsTest {

    private final ScanThreads threads = new ScanThreads(3, 1);

    @AfterEach
    void end() {
        threads.close();
    }

    @Test
    void smallWorkStaysOnTheCallingThread() {
        ScanThreads choosy = new ScanThreads(3);
        assertThat(choosy.parts(1_000)).isEqualTo(1);
        assertThat(choosy.parts(100_000_000)).isEqualTo(12);
        assertThat(ScanThreads.NONE.parts(Long.MAX_VALUE)).isEqualTo(1);
        List<Thread> used = new ArrayList<>();
        choosy.run(1, (_, worker) -> {
            assertThat(worker).isZero();
            used.add(Thread.currentThread());
        });
        assertThat(used).containsExactly(Thread.currentThread());
    }

    @Test
    void everyPartRunsOnceAndNoWorkerTwoAtATime() {
        for (int round = 0; round < 2_000; round++) {
            AtomicIntegerArray ran = new AtomicIntegerArray(12);
            AtomicIntegerArray busy = new AtomicIntegerArray(3);
            threads.run(12, (part, worker) -> {
                assertThat(busy.incrementAndGet(worker)).isEqualTo(1);
                ran.incrementAndGet(part);
                busy.decrementAndGet(worker);
            });
            for (int part = 0; part < 12; part++) {
                assertThat(ran.get(part)).as("round %d, part %d", round, part).isEqualTo(1);
            }
        }
    }

    /** Three parts that wait for each other end only where three threads run them at once. */
    @Test
    void allThreadsTakePart() {
        CountDownLatch met = new CountDownLatch(3);
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        threads.run(3, (_, _) -> {
            used.add(Thread.currentThread());
            met.countDown();
            try {
                met.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(used).hasSize(3).contains(Thread.currentThread());
        used.remove(Thread.currentThread());
        assertThat(used).allMatch(Thread::isDaemon);
    }

    @Test
    void whatAPartThrowsIsThrownOnceAllHaveEnded() {
        AtomicInteger running = new AtomicInteger();
        assertThatThrownBy(() -> threads.run(12, (part, _) -> {
            running.incrementAndGet();
            try {
                if (part == 5) {
                    throw new IllegalStateException("part 5");
                }
            } finally {
                running.decrementAndGet();
            }
        })).isInstanceOf(IllegalStateException.class).hasMessage("part 5");
        assertThat(running).hasValue(0);
        assertThatThrownBy(() -> threads.run(2, (_, _) -> {
            throw new AssertionError("an error");
        })).isInstanceOf(AssertionError.class);
        AtomicInteger after = new AtomicInteger();
        threads.run(12, (_, _) -> after.incrementAndGet());
        assertThat(after).as("it goes on").hasValue(12);
    }

    @Test
    void closingEndsTheThreadsAndLaterWorkStartsNewOnes() throws Exception {
        Set<Thread> first = helpers();
        assertThat(first).isNotEmpty();
        threads.close();
        for (Thread helper : first) {
            assertThat(helper.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(helpers()).isNotEmpty().doesNotContainAnyElementsOf(first);
    }

    private Set<Thread> helpers() {
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        while (used.isEmpty()) {
            threads.run(12, (_, _) -> {
                if (used.add(Thread.currentThread())) {
                    Thread.yield();
                }
            });
            used.remove(Thread.currentThread());
        }
        return used;
    }

    @Test
    void anInterruptDoesNotLeavePartsRunning() {
        AtomicInteger ended = new AtomicInteger();
        Thread.currentThread().interrupt();
        threads.run(12, (_, _) -> ended.incrementAndGet());
        assertThat(ended).hasValue(12);
        assertThat(Thread.interrupted()).as("kept for who called").isTrue();
    }
}
