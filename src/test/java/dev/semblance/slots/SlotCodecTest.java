package dev.semblance.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.RawRecord;
import dev.semblance.record.RawRecord.RawHeader;
import dev.semblance.record.SourcePosition;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotCodecTest {

    private static final SourcePosition SOURCE = new SourcePosition("texts", 3, 1L << 40);

    @Test
    void everyPartOfARecordComesBack() {
        RawRecord raw = new RawRecord(SOURCE, 1_700_000_000_123L, new byte[]{1, 2}, new byte[100_000],
                List.of(new RawHeader("trace", new byte[]{9}), new RawHeader("none", null)));

        Slot slot = SlotCodec.decode(5, SlotCodec.encode(42, raw));

        assertThat(slot.number).isEqualTo(5);
        assertThat(slot.sequence).isEqualTo(42);
        assertThat(slot.raw().source()).isEqualTo(SOURCE);
        assertThat(slot.raw().timestampMs()).isEqualTo(1_700_000_000_123L);
        assertThat(slot.raw().key()).containsExactly(1, 2);
        assertThat(slot.raw().value()).hasSize(100_000);
        assertThat(slot.raw().headers()).extracting(RawHeader::key).containsExactly("trace", "none");
        assertThat(slot.raw().headers().get(0).value()).containsExactly(9);
        assertThat(slot.raw().headers().get(1).value()).isNull();
    }

    @Test
    void nullAndEmptyStayDifferent() {
        Slot nulls = SlotCodec.decode(0, SlotCodec.encode(0, new RawRecord(SOURCE, 0, null, null, List.of())));
        Slot empty = SlotCodec.decode(0,
                SlotCodec.encode(0, new RawRecord(SOURCE, 0, new byte[0], new byte[0], List.of())));

        assertThat(nulls.raw().key()).isNull();
        assertThat(nulls.raw().value()).isNull();
        assertThat(empty.raw().key()).isEmpty();
        assertThat(empty.raw().value()).isEmpty();
    }

    @Test
    void bytesCutShortAtAnyPlaceAreRefused() {
        byte[] whole = SlotCodec.encode(1, new RawRecord(SOURCE, 2, new byte[]{3}, new byte[]{4, 5, 6},
                List.of(new RawHeader("h", new byte[]{7}))));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SlotCodec.decode(8, cut)).as("cut to %d bytes", length)
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("slot 8");
        }
    }

    @Test
    void anotherFormatIsNamed() {
        byte[] bytes = SlotCodec.encode(1, new RawRecord(SOURCE, 2, null, null, List.of()));
        bytes[0] = 77;
        assertThatThrownBy(() -> SlotCodec.decode(0, bytes)).hasMessageContaining("format 77");
    }
}
