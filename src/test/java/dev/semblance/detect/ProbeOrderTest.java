package dev.semblance.detect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.detect.ProbeOrder.Held;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.VectorEncoding;
import dev.semblance.slots.InFlightSlots;
import dev.semblance.slots.SlotStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;

/** What comes after a delete stays after it, however many deletes of the id wait. */
class ProbeOrderTest {

    private static final RecordCodec CODEC = new RecordCodec();

    private final List<String> order = new ArrayList<>();
    private final ProbeOrder probes = probes();
    private long nowMs = 1_000_000;
    private long offset;

    private ProbeOrder probes() {
        Config.Detect rules = new ConfigSource().withOption("reorder=100ms").build().detect();
        KeyValueStore<Integer, byte[]> store = SlotStore.builder("slots").withCachingDisabled().withLoggingDisabled()
                .build();
        store.init(new MockProcessorContext<>().getStateStoreContext(), store);
        InFlightSlots slots = new InFlightSlots(store, true, ProbeOrder.slotCapacity(rules));
        ProbeOrder one = new ProbeOrder(rules, slots, CODEC, raw -> raw.source().partition(), _ -> false,
                () -> TimeUnit.MILLISECONDS.toNanos(nowMs), () -> 1, this::decide);
        one.restore();
        return one;
    }

    private void decide(List<Held> ready) {
        for (Held held : ready) {
            order.add((held.embedding() == null ? "-" : "") + held.id());
            probes.release(held);
        }
    }

    private void event(int partition, String id, long timeMs) {
        add(partition, id, CODEC.encode(Events.event(id, timeMs, Events.MODEL, Events.at(0, 1), 1, 0),
                VectorEncoding.F32));
    }

    private void delete(int partition, String id) {
        add(partition, id, null);
    }

    private void add(int partition, String id, byte[] value) {
        probes.add(new RawRecord(new SourcePosition("embeddings", partition, offset++), nowMs, id.getBytes(UTF_8),
                value, List.of()));
    }

    @Test
    void staysBehindTheSecondDeleteWhenTheFirstIsGone() {
        event(0, "a", 1_000);
        delete(0, "a");
        event(0, "x", 2_000);
        delete(0, "a");
        nowMs += 150;
        event(1, "y", 1_800);
        probes.decideReady();
        assertThat(order).containsExactly("a", "-a", "y");

        event(0, "a", 1_900);
        nowMs += 150;
        probes.decideReady();
        assertThat(order).containsExactly("a", "-a", "y", "x", "-a", "a");
    }

    @Test
    void staysBehindADeleteThatWasItselfPutBehindAnother() {
        event(0, "x", 2_000);
        delete(0, "a");
        event(1, "y", 1_000);
        delete(1, "a");
        event(1, "a", 1_500);
        nowMs += 150;
        probes.decideReady();
        assertThat(order).containsExactly("y", "x", "-a", "-a", "a");
    }

    @Test
    void noDeleteIsLeftBehind() {
        event(0, "x", 2_000);
        delete(0, "a");
        delete(0, "a");
        nowMs += 150;
        probes.decideReady();
        event(0, "a", 1_500);
        event(0, "z", 1_600);
        nowMs += 150;
        probes.decideReady();
        assertThat(order).containsExactly("x", "-a", "-a", "a", "z");
    }
}
