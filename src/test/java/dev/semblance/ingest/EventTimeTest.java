package dev.semblance.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"2018-10-10T20:19:24Z | 1539202764000",
            "2018-10-10T20:19:24.123Z | 1539202764123", "2018-10-10t20:19:24.123999z | 1539202764123",
            "2018-10-10T22:19:24+02:00 | 1539202764000", "2018-10-10T22:19:24+0200 | 1539202764000",
            "2018-10-10T22:19:24+02 | 1539202764000", "2018-10-10T20:19:24 | 1539202764000",
            "2018-10-10 20:19:24 | 1539202764000", "2018-10-10T20:19 | 1539202740000", "2018-10-10 | 1539129600000",
            "Wed Oct 10 20:19:24 +0000 2018 | 1539202764000", "wed oct 10 22:19:24 +0200 2018 | 1539202764000",
            "Wed, 10 Oct 2018 20:19:24 +0000 | 1539202764000", "Wed, 10 Oct 2018 20:19:24 GMT | 1539202764000",
            "1539202764 | 1539202764000", "1539202764123 | 1539202764123", "1539202764.1239 | 1539202764123",
            "99999999999 | 99999999999000", "100000000000 | 100000000000", "0 | 0", "2018 | 2018000", "-1 | -1000",
            "1969-12-31T23:59:59Z | -1000"})
    void readableTimes(String text, long expectedMs) {
        assertThat(EventTime.parse("t", TextNode.valueOf(text))).isEqualTo(expectedMs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "2018-13-01T00:00:00Z", "2018-02-30T00:00:00Z",
            "2018-10-10T25:00:00Z", "2018-10-10T20:19:24+99:00", "2018-10-10T20:19:24Zx", "2018-10-1020:19:24",
            "Thu Oct 10 20:19:24 +0000 2018", "1e3", "0x10", "NaN", "١٢٣", "12:30", "2018-10-10T20:19:60Z",
            "9999999999999999999999", "+999999999-01-01T00:00:00Z"})
    void unreadableTimes(String text) {
        assertThatThrownBy(() -> EventTime.parse("t", TextNode.valueOf(text))).isInstanceOf(RefusedException.class)
                .hasMessageContaining("field t is").hasMessageContaining("ISO-8601");
    }

    @Test
    void numbersAreSecondsOrMilliseconds() {
        assertThat(EventTime.parse("t", LongNode.valueOf(1_539_202_764))).isEqualTo(1_539_202_764_000L);
        assertThat(EventTime.parse("t", LongNode.valueOf(1_539_202_764_123L))).isEqualTo(1_539_202_764_123L);
        assertThat(EventTime.parse("t", DecimalNode.valueOf(new BigDecimal("1539202764.5")))).isEqualTo(
                1_539_202_764_500L);
        assertThat(EventTime.parse("t", DecimalNode.valueOf(new BigDecimal("1.539202764e9")))).isEqualTo(
                1_539_202_764_000L);
    }

    @Test
    void millisecondsAreMillisecondsHoweverFew() {
        assertThat(EventTime.parseMs("t", TextNode.valueOf("5"))).isEqualTo(5);
        assertThat(EventTime.parseMs("t", LongNode.valueOf(1_539_202_764))).isEqualTo(1_539_202_764L);
        assertThatThrownBy(() -> EventTime.parseMs("t", TextNode.valueOf("2018-10-10")))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void whatIsNoTimeAtAllIsRefused() {
        for (JsonNode node : new JsonNode[]{BooleanNode.TRUE, DecimalNode.valueOf(new BigDecimal("1e40")),
                DecimalNode.valueOf(new BigDecimal("1e-999999"))}) {
            assertThatThrownBy(() -> EventTime.parse("t", node)).isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void everyInstantThatIsWrittenIsReadBack() {
        for (long seed = 0; seed < 5_000; seed++) {
            Instant instant = Instant.ofEpochMilli(new Random(seed).nextLong(4_102_444_800_000L));
            assertThat(EventTime.parse("t", TextNode.valueOf(instant.toString()))).as("seed %d", seed)
                    .isEqualTo(instant.toEpochMilli());
            assertThat(EventTime.parse("t", TextNode.valueOf(instant.truncatedTo(ChronoUnit.SECONDS).toString())))
                    .as("seed %d", seed).isEqualTo(instant.getEpochSecond() * 1000);
        }
    }
}
