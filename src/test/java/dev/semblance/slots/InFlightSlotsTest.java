package dev.semblance.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InFlightSlotsTest {

    private static final int CAPACITY = 4;

    private static KeyValueStore<Integer, byte[]> newStore() {
        KeyValueStore<Integer, byte[]> store = SlotStore.builder("slots").withCachingDisabled().withLoggingDisabled()
                .build();
        store.init(new MockProcessorContext<>().getStateStoreContext(), store);
        return store;
    }

    private static RawRecord record(long offset) {
        return new RawRecord(new SourcePosition("in", 0, offset), offset, null, new byte[]{(byte) offset}, List.of());
    }

    private static List<Long> offsets(List<Slot> slots) {
        return slots.stream().map(s -> s.raw().source().offset()).toList();
    }

    private static InFlightSlots open(KeyValueStore<Integer, byte[]> store, boolean exactlyOnce) {
        InFlightSlots slots = new InFlightSlots(store, exactlyOnce, CAPACITY);
        slots.restore();
        return slots;
    }

    @Test
    void aSuccessorGetsWhatWasHeldInItsOriginalOrder() {
        KeyValueStore<Integer, byte[]> store = newStore();
        InFlightSlots slots = open(store, true);
        Slot first = slots.admit(record(10));
        slots.admit(record(11));
        slots.release(first);
        // Takes the lowest free number: the order must come from the sequence, not from the slot's number.
        for (long offset = 12; offset < 14; offset++) {
            slots.admit(record(offset));
        }

        assertThat(offsets(new InFlightSlots(store, true, CAPACITY).restore())).containsExactly(11L, 12L, 13L);
    }

    @Test
    void capacityIsABound() {
        InFlightSlots slots = open(newStore(), true);
        List<Slot> held = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(slots.isFull()).isFalse();
            held.add(slots.admit(record(i)));
        }
        assertThat(slots.isFull()).isTrue();
        slots.release(held.getFirst());
        assertThat(slots.isFull()).isFalse();
    }

    @Test
    void atLeastOnceKeepsAReleasedSlotUntilTheNextCommit() {
        KeyValueStore<Integer, byte[]> store = newStore();
        InFlightSlots slots = open(store, false);
        Slot durable = slots.admit(record(1));
        SlotStore.under(store).commit(Map.of());
        Slot fresh = slots.admit(record(2));

        slots.release(durable);
        slots.release(fresh);
        assertThat(offsets(new InFlightSlots(store, false, CAPACITY).restore()))
                .as("its output may not be durable yet, though its slot is").containsExactly(1L);

        SlotStore.under(store).commit(Map.of());
        slots.isFull();
        assertThat(new InFlightSlots(store, false, CAPACITY).restore()).isEmpty();
    }

    @Test
    void exactlyOnceEmptiesASlotWithItsForward() {
        KeyValueStore<Integer, byte[]> store = newStore();
        InFlightSlots slots = open(store, true);
        Slot slot = slots.admit(record(1));
        SlotStore.under(store).commit(Map.of());
        slots.release(slot);
        assertThat(new InFlightSlots(store, true, CAPACITY).restore()).isEmpty();
    }

    @Test
    void aRestoredRecordThatIsReadAgainIsRecognisedOnce() {
        KeyValueStore<Integer, byte[]> store = newStore();
        open(store, false).admit(record(7));

        InFlightSlots successor = open(store, false);
        assertThat(successor.isReplayOfRestored(new SourcePosition("in", 0, 7))).isTrue();
        assertThat(successor.isReplayOfRestored(new SourcePosition("in", 0, 7))).isFalse();
        assertThat(successor.isReplayOfRestored(new SourcePosition("in", 1, 7))).isFalse();
    }

    @Test
    void aLoweredCapacityStillRestoresEverything() {
        KeyValueStore<Integer, byte[]> store = newStore();
        InFlightSlots wide = new InFlightSlots(store, true, 100);
        wide.restore();
        for (int i = 0; i < 50; i++) {
            wide.admit(record(i));
        }
        InFlightSlots narrow = new InFlightSlots(store, true, CAPACITY);
        List<Slot> restored = narrow.restore();
        assertThat(restored).hasSize(50);
        assertThat(narrow.isFull()).isTrue();
        restored.forEach(narrow::release);
        assertThat(narrow.isFull()).isFalse();
        assertThat(store.approximateNumEntries()).isZero();
    }

    @Test
    void aLoweredCapacityLeavesRoomUnderAtLeastOnceToo() {
        KeyValueStore<Integer, byte[]> store = newStore();
        InFlightSlots wide = new InFlightSlots(store, false, 100);
        wide.restore();
        for (int i = 0; i < 50; i++) {
            wide.admit(record(i));
        }
        InFlightSlots narrow = new InFlightSlots(store, false, CAPACITY);
        narrow.restore().forEach(narrow::release);
        assertThat(narrow.isFull()).as("nothing is held, so nothing could be waited for").isFalse();

        for (int i = 0; i < CAPACITY; i++) {
            narrow.admit(record(100 + i));
        }
        assertThat(narrow.isFull()).isTrue();
        SlotStore.under(store).commit(Map.of());
        narrow.reclaim();
        assertThat(store.approximateNumEntries()).isEqualTo(CAPACITY);
    }

    @Test
    void aPlainStoreIsRefused() {
        KeyValueStore<Integer, byte[]> plain = org.apache.kafka.streams.state.Stores
                .keyValueStoreBuilder(org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore("plain"),
                        org.apache.kafka.common.serialization.Serdes.Integer(),
                        org.apache.kafka.common.serialization.Serdes.ByteArray())
                .withLoggingDisabled().build();
        plain.init(new MockProcessorContext<>().getStateStoreContext(), plain);
        assertThatThrownBy(() -> new InFlightSlots(plain, true, 1)).hasMessageContaining("'plain' is no slot store");
    }

    /**
     * Random arrivals, completions, commits and crashes against a model of Kafka: nothing is lost, and under
     * exactly-once nothing comes twice.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLostOverRandomCrashes(boolean exactlyOnce) {
        for (long seed = 0; seed < 400; seed++) {
            new Simulation(seed, exactlyOnce).run();
        }
    }

    /** One task against a broker that makes store, output and offset durable at commits only. */
    private static final class Simulation {

        private static final int RECORDS = 60;

        private final long seed;
        private final Random random;
        private final boolean exactlyOnce;
        private final Map<Long, Integer> durableOutput = new TreeMap<>();
        private final Map<Integer, byte[]> durableSlots = new HashMap<>();
        private long durableOffset;
        private KeyValueStore<Integer, byte[]> store;
        private InFlightSlots slots;
        private final Deque<Slot> fifo = new ArrayDeque<>();
        private final List<Long> outputSinceCommit = new ArrayList<>();
        private long nextOffset;

        Simulation(long seed, boolean exactlyOnce) {
            this.seed = seed;
            this.random = new Random(seed);
            this.exactlyOnce = exactlyOnce;
        }

        void run() {
            start();
            while (durableOffset < RECORDS || !fifo.isEmpty() || !outputSinceCommit.isEmpty()) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> arrive();
                    case 4, 5, 6 -> complete();
                    case 7, 8 -> commit();
                    default -> crash();
                }
            }
            for (long offset = 0; offset < RECORDS; offset++) {
                int times = durableOutput.getOrDefault(offset, 0);
                assertThat(times).as("seed %d, exactly-once %s: outputs of record %d", seed, exactlyOnce, offset)
                        .isGreaterThanOrEqualTo(1);
                if (exactlyOnce) {
                    assertThat(times).as("seed %d: outputs of record %d", seed, offset).isEqualTo(1);
                }
            }
        }

        private void start() {
            store = newStore();
            durableSlots.forEach(store::put);
            slots = new InFlightSlots(store, exactlyOnce, CAPACITY);
            fifo.addAll(slots.restore());
            if (exactlyOnce) {
                // At-least-once may read records again whose successors are still held.
                assertThat(offsets(new ArrayList<>(fifo))).as("seed %d", seed)
                        .isSortedAccordingTo(Comparator.naturalOrder());
            }
            nextOffset = durableOffset;
        }

        private void arrive() {
            if (nextOffset < RECORDS && !slots.isFull()) {
                RawRecord raw = record(nextOffset++);
                if (!slots.isReplayOfRestored(raw.source())) {
                    fifo.add(slots.admit(raw));
                }
            }
        }

        private void complete() {
            if (!fifo.isEmpty()) {
                Slot slot = fifo.remove();
                outputSinceCommit.add(slot.raw().source().offset());
                slots.release(slot);
            }
        }

        /** Under at-least-once a crash may fall between the flush of output and store, and the commit of offsets. */
        private void commit() {
            if (!exactlyOnce && random.nextInt(6) == 0) {
                // The store's changes became durable at their leader, the output did not at its own.
                copyStore();
                crash();
                return;
            }
            outputSinceCommit.forEach(o -> durableOutput.merge(o, 1, Integer::sum));
            outputSinceCommit.clear();
            copyStore();
            if (!exactlyOnce && random.nextInt(4) == 0) {
                crash();
                return;
            }
            durableOffset = nextOffset;
            if (!exactlyOnce) {
                SlotStore.under(store).commit(Map.of());
            }
        }

        private void copyStore() {
            durableSlots.clear();
            try (KeyValueIterator<Integer, byte[]> all = store.all()) {
                while (all.hasNext()) {
                    KeyValue<Integer, byte[]> entry = all.next();
                    durableSlots.put(entry.key, entry.value);
                }
            }
        }

        private void crash() {
            if (!exactlyOnce) {
                // Any prefix of the unacknowledged output may have become durable, but no slot after it.
                int durable = random.nextInt(outputSinceCommit.size() + 1);
                outputSinceCommit.subList(0, durable).forEach(o -> durableOutput.merge(o, 1, Integer::sum));
            }
            outputSinceCommit.clear();
            fifo.clear();
            start();
        }
    }
}
