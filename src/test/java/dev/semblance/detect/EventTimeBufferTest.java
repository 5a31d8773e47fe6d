package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventTimeBufferTest {

    private static final int ALL = Integer.MAX_VALUE;

    private record Item(int source, long timeMs, String id, long arrivalMs) {}

    private static void add(EventTimeBuffer<Item> buffer, int source, long timeMs, String id, long nowMs) {
        buffer.add(source, timeMs, id, new Item(source, timeMs, id, nowMs), nowMs);
    }

    private static List<String> poll(EventTimeBuffer<Item> buffer, long nowMs) {
        return buffer.poll(nowMs, ALL).stream().map(Item::id).toList();
    }

    @Test
    void waitsForEveryOtherActiveSource() {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(100, 1000);
        assertThat(buffer.nextDueMs()).isEqualTo(Long.MAX_VALUE);
        add(buffer, 0, 50, "a", 1000);
        add(buffer, 1, 40, "b", 1001);
        add(buffer, 1, 60, "c", 1002);
        assertThat(poll(buffer, 1002)).as("unseen sources may show up").isEmpty();
        assertThat(buffer.nextDueMs()).isEqualTo(1100);
        add(buffer, 0, 55, "d", 1050);
        // At 1100: source 0 has passed 40; source 1 has passed 50 and 55; 60 waits for source 0 until it is idle.
        assertThat(poll(buffer, 1100)).containsExactly("b", "a", "d");
        assertThat(buffer.size()).isEqualTo(1);
        assertThat(buffer.nextDueMs()).isEqualTo(1150);
        assertThat(poll(buffer, 1149)).isEmpty();
        assertThat(poll(buffer, 1150)).containsExactly("c");
        assertThat(poll(buffer, 9999)).isEmpty();
    }

    @Test
    void equalTimesWaitAndGoOutById() {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(100, 1000);
        add(buffer, 0, 50, "z", 1000);
        add(buffer, 1, 50, "a", 1090);
        add(buffer, 0, 50, "zz", 1095);
        assertThat(poll(buffer, 1100)).as("each may still bring a smaller id of the same time").isEmpty();
        add(buffer, 0, 51, "y", 1110);
        assertThat(poll(buffer, 1110)).containsExactly("a");
        add(buffer, 1, 51, "b", 1120);
        assertThat(poll(buffer, 1120)).containsExactly("z", "zz");
    }

    @Test
    void aSingleSourcePassesAfterTheFirstWait() {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(100, 1000);
        add(buffer, 3, 5, "a", 0);
        assertThat(poll(buffer, 99)).isEmpty();
        assertThat(poll(buffer, 100)).containsExactly("a");
        add(buffer, 3, 6, "b", 100);
        assertThat(poll(buffer, 100)).containsExactly("b");
        add(buffer, 3, 4, "late", 101);
        assertThat(poll(buffer, 101)).containsExactly("late");
    }

    @Test
    void nothingWaitsForever() {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(100, 1000);
        add(buffer, 0, 500, "waits", 0);
        for (int i = 1; i < 20; i++) {
            // Source 1 lags behind for good, and stays active.
            add(buffer, 1, i, "lag" + i, i * 50L);
        }
        List<String> out = poll(buffer, 999);
        assertThat(out).hasSize(19).doesNotContain("waits");
        add(buffer, 1, 20, "lag20", 999);
        assertThat(buffer.nextDueMs()).isLessThanOrEqualTo(999);
        assertThat(poll(buffer, 999)).containsExactly("lag20");
        assertThat(poll(buffer, 1000)).containsExactly("waits");
    }

    @Test
    void beyondTheCapacityTheSmallestGoFirst() {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(100, 3);
        for (int i = 9; i >= 0; i--) {
            add(buffer, 0, i, "e" + i, 0);
        }
        assertThat(buffer.nextDueMs()).isLessThanOrEqualTo(0);
        assertThat(buffer.poll(0, 2).stream().map(Item::id)).containsExactly("e0", "e1");
        assertThat(poll(buffer, 0)).containsExactly("e2", "e3", "e4", "e5", "e6");
        assertThat(buffer.size()).isEqualTo(3);
        assertThat(buffer.nextDueMs()).isEqualTo(100);
    }

    @Test
    void withoutIdleTimeItIsAQueue() {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(0, 1000);
        add(buffer, 0, 9, "a", 5);
        add(buffer, 1, 1, "c", 5);
        add(buffer, 0, 1, "b", 5);
        assertThat(buffer.nextDueMs()).isLessThanOrEqualTo(5);
        assertThat(poll(buffer, 5)).containsExactly("a", "c", "b");
    }

    @Test
    void sourcesWithinTheSkewComeOutSorted() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int sources = 1 + random.nextInt(6);
            // Each source is in order, delivers at least every 60 ms and lags by less than the patience.
            List<Item> arrivals = new ArrayList<>();
            for (int s = 0; s < sources; s++) {
                long lagMs = random.nextInt(800);
                long timeMs = 10_000;
                for (int i = 0; i < 100; i++) {
                    arrivals.add(new Item(s, timeMs, "s" + s + "-" + i, timeMs + lagMs));
                    timeMs += 1 + random.nextInt(59);
                }
            }
            arrivals.sort(Comparator.comparingLong(Item::arrivalMs));
            // A source that starts later than idleMs after the first event is not waited for: begin all together.
            long start = arrivals.getFirst().arrivalMs();
            boolean together = arrivals.stream().filter(a -> a.id().endsWith("-0"))
                    .allMatch(a -> a.arrivalMs() < start + 100);
            List<Item> out = run(arrivals, random);
            assertThat(out).as("seed %d", seed).hasSize(arrivals.size());
            assertThat(new HashSet<>(out)).as("seed %d: nothing twice", seed).hasSize(arrivals.size());
            if (together) {
                List<Item> sorted = new ArrayList<>(out);
                sorted.sort(Comparator.comparingLong(Item::timeMs).thenComparing(Item::id));
                List<Item> whileAllActive = out.stream().filter(i -> i.timeMs() < lastCommonTime(arrivals, sources))
                        .toList();
                assertThat(whileAllActive).as("seed %d", seed).isEqualTo(sorted.subList(0, whileAllActive.size()));
            }
        }
    }

    @Test
    void nothingIsLostWhateverHappens() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Item> arrivals = new ArrayList<>();
            long nowMs = 0;
            for (int i = 0; i < 400; i++) {
                nowMs += random.nextInt(8) == 0 ? random.nextInt(400) : random.nextInt(5);
                arrivals.add(new Item(random.nextInt(4), random.nextInt(3000), "e" + i, nowMs));
            }
            List<Item> out = run(arrivals, random);
            List<Item> expected = new ArrayList<>(arrivals);
            Collections.sort(expected, Comparator.comparing(Item::id));
            Collections.sort(out, Comparator.comparing(Item::id));
            assertThat(out).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** Feeds all arrivals with polls in between, then drains; checks that nothing waits longer than it may. */
    private static List<Item> run(List<Item> arrivals, Random random) {
        EventTimeBuffer<Item> buffer = new EventTimeBuffer<>(100, 100_000);
        List<Item> out = new ArrayList<>();
        long nowMs = 0;
        for (Item item : arrivals) {
            // Punctual polls, as a runner would do them.
            while (buffer.nextDueMs() <= item.arrivalMs()) {
                nowMs = Math.max(nowMs, buffer.nextDueMs());
                List<Item> released = buffer.poll(nowMs, 1 + random.nextInt(5));
                assertThat(released).isNotEmpty();
                out.addAll(released);
            }
            nowMs = item.arrivalMs();
            buffer.add(item.source(), item.timeMs(), item.id(), item, nowMs);
            out.addAll(buffer.poll(nowMs, 1 + random.nextInt(5)));
        }
        while (buffer.size() > 0) {
            nowMs = Math.max(nowMs, buffer.nextDueMs());
            List<Item> released = buffer.poll(nowMs, ALL);
            assertThat(released).isNotEmpty();
            for (Item item : released) {
                assertThat(nowMs - item.arrivalMs()).isLessThanOrEqualTo(1000);
            }
            out.addAll(released);
        }
        assertThat(buffer.nextDueMs()).isEqualTo(Long.MAX_VALUE);
        return out;
    }

    /** Up to the earliest last event of any source: from then on that source falls idle and holds nobody back. */
    private static long lastCommonTime(List<Item> arrivals, int sources) {
        long common = Long.MAX_VALUE;
        for (int s = 0; s < sources; s++) {
            int source = s;
            common = Math.min(common, arrivals.stream().filter(i -> i.source() == source).mapToLong(Item::timeMs).max()
                    .orElseThrow());
        }
        return common;
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new EventTimeBuffer<>(-1, 10)).hasMessageContaining("idleMs=-1");
        assertThatThrownBy(() -> new EventTimeBuffer<>(1, 0)).hasMessageContaining("capacity=0");
    }
}
