package dev.semblance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmitFromTest {

    @Test
    void nothingIsBeforeAlwaysAndEverythingBeforeNever() {
        assertThat(EmitFrom.parse("")).isEqualTo(EmitFrom.ALWAYS);
        assertThat(EmitFrom.ALWAYS.isBefore(0, 0, 0)).isFalse();
        assertThat(EmitFrom.parse("never")).isEqualTo(EmitFrom.NEVER);
        assertThat(EmitFrom.NEVER.isBefore(7, Long.MAX_VALUE, Long.MAX_VALUE - 1)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-31T09:00:00.250Z", "1769850000250"})
    void anInstantParts(String text) {
        EmitFrom from = EmitFrom.parse(text);
        assertThat(from.isBefore(3, Long.MAX_VALUE, 1_769_850_000_249L)).isTrue();
        assertThat(from.isBefore(3, 0, 1_769_850_000_250L)).isFalse();
        assertThat(from.toString()).isEqualTo("2026-01-31T09:00:00.250Z");
    }

    @Test
    void offsetsPartEachPartitionWhateverTheTime() {
        EmitFrom from = EmitFrom.parse("10:1187,0:1200,2:0");
        assertThat(from.isBefore(0, 1199, Long.MAX_VALUE)).isTrue();
        assertThat(from.isBefore(0, 1200, 0)).isFalse();
        assertThat(from.isBefore(10, 1186, 5)).isTrue();
        assertThat(from.isBefore(10, 1187, 5)).isFalse();
        assertThat(from.isBefore(2, 0, 5)).isFalse();
        assertThat(from.isBefore(1, 0, 5)).as("a partition that came later").isFalse();
        assertThat(from).isEqualTo(EmitFrom.offsets(Map.of(0, 1200L, 2, 0L, 10, 1187L)));
        assertThat(from.toString()).isEqualTo("0:1200,2:0,10:1187");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "never", "2026-01-31T09:00:00Z", "0:0", "0:12,1:999999999999999999"})
    void whatIsWrittenIsReadBack(String text) {
        assertThat(EmitFrom.parse(text).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "2026-01-31", "2026-01-31T09:00:00", "-5", "0:1,", "0:-1", "0:1;1:2", "٣",
            "+999999999-12-31T23:59:59Z"})
    void theRestIsRefusedWithTheFormsThatAreRead(String text) {
        assertThatThrownBy(() -> EmitFrom.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected never, an instant as 2026-01-31T09:00:00Z");
    }

    @Test
    void aPartitionHasOneOffset() {
        assertThatThrownBy(() -> EmitFrom.parse("0:1,00:2")).hasMessage("partition 0 is named twice");
    }
}
