package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.bench.EmbeddingsReader.Round;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Rates of a round, by times made up. */
class SustainedTest {

    private static final long MS = 1_000_000;

    private static Sustained bursts(int bursts, int size, long everyMs) {
        Sustained sustained = new Sustained(bursts * size);
        for (int burst = 0; burst < bursts; burst++) {
            for (int i = 0; i < size; i++) {
                sustained.seen((5_000 + burst * everyMs) * MS + i * 1_000L);
            }
        }
        return sustained;
    }

    @Test
    void noBurstIsCountedForNothing() {
        // 100 each 100 ms are 1,000 a second, however many of them belong to the start.
        assertThat(bursts(5, 100, 100).perSecond()).isCloseTo(1_000, within(1.0));
        assertThat(bursts(50, 100, 100).perSecond()).isCloseTo(1_000, within(1.0));
        // One at a time, each 2 ms: no bursts at all.
        assertThat(bursts(1_000, 1, 2).perSecond()).isCloseTo(500, within(1.0));
    }

    @Test
    void tooFewAreRefused() {
        Sustained two = bursts(2, 100, 100);
        assertThatThrownBy(two::perSecond).isInstanceOf(BenchException.class).hasMessageContaining("--texts");
        Sustained open = new Sustained(2);
        open.seen(1);
        assertThat(open.complete()).isFalse();
        assertThatThrownBy(open::perSecond).isInstanceOf(IllegalStateException.class);
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, byte[] key) {
        return new ConsumerRecord<>(topic, 0, 0, key, new byte[0]);
    }

    @Test
    void aTextCountsOnceAndOthersNotAtAll() throws Exception {
        Round round = new Round("r", 2);
        byte[] first = round.key(0);
        round.observe(List.of(record("e", first), record("e", first), record("e", null),
                record("e", new Round("other", 9).key(1))), "e", 10);
        assertThat(round.await(0)).isFalse();
        List<ConsumerRecord<byte[], byte[]>> more = new ArrayList<>(List.of(record("e", round.key(1))));
        round.observe(more, "e", 20);
        assertThat(round.await(0)).isTrue();
        assertThat(round.micros().getTotalCount()).isEqualTo(2);
    }

    @Test
    void aDeadLetterFailsTheRound() {
        Round round = new Round("r", 2);
        round.observe(List.of(record("dead", round.key(1))), "e", 10);
        assertThatThrownBy(() -> round.await(0)).isInstanceOf(BenchException.class).hasMessageContaining("r-1")
                .hasMessageContaining("dead letter");
    }
}
