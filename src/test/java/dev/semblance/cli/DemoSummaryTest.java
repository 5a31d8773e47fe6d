package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoSummaryTest {

    private static DemoSummary summary(long events, long embedded, long deadLetters, long late, long unique,
            long suppressed) {
        return new DemoSummary(events, embedded, deadLetters, late, unique, suppressed, 4, 5, 6, 15, 7, 2.04, 12.34,
                99.96, "m@abc");
    }

    @Test
    void theLineIsAFormatOfItsOwn() {
        assertThat(summary(100, 97, 3, 1, 87, 9).toJson()).isEqualTo(
                "{\"events\":100,\"embedded\":97,\"deadLetters\":3,\"late\":1,\"unique\":87,\"exact\":4,\"near\":5,"
                        + "\"variant\":6,\"alerts\":15,\"cacheHits\":7,\"elapsedSeconds\":2.0,"
                        + "\"eventsPerSecond\":49.0,\"latencyMs\":{\"p50\":12.3,\"p99\":100.0},\"model\":\"m@abc\"}");
    }

    @Test
    void namesComeInTheOrderAgreed() throws IOException {
        List<String> names = new ArrayList<>();
        new ObjectMapper().readTree(summary(1, 1, 0, 0, 1, 0).toJson()).fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactly("events", "embedded", "deadLetters", "late", "unique", "exact", "near",
                "variant", "alerts", "cacheHits", "elapsedSeconds", "eventsPerSecond", "latencyMs", "model");
    }

    @Test
    void nothingIsDividedByZero() {
        DemoSummary empty = new DemoSummary(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "m\"");
        assertThat(empty.addsUp()).isTrue();
        assertThat(empty.eventsPerSecond()).isZero();
        assertThat(empty.toJson()).contains("\"eventsPerSecond\":0.0", "\"model\":\"m\\\"\"");
    }

    @Test
    void everyEventHasOneFate() {
        assertThat(summary(100, 97, 3, 1, 87, 9).addsUp()).isTrue();
        assertThat(summary(100, 97, 2, 1, 87, 9).addsUp()).as("an event is missing").isFalse();
        assertThat(summary(100, 97, 3, 1, 87, 8).addsUp()).as("an embedding is missing").isFalse();
        assertThat(summary(100, 97, 3, 1, 88, 9).addsUp()).as("an embedding came twice").isFalse();
    }

    @Test
    void peopleReadTheSameFigures() {
        assertThat(summary(12_345, 12_340, 5, 1, 12_330, 9).toText()).contains("12,345 events in 2.0 s", "model m@abc",
                "12,330", "exact 4, near 5, variant 6; 9 kept from the unique topic", "p50 12 ms, p99 100 ms")
                .doesNotContain("%");
    }
}
