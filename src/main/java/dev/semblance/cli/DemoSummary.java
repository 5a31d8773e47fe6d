package dev.semblance.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;

/**
 * How a demo ended. The JSON form is a stable line format.
 *
 * @param suppressed duplicates kept from the unique topic; not part of the JSON line
 */
record DemoSummary(long events, long embedded, long deadLetters, long late, long unique, long suppressed, long exact,
        long near, long variant, long alerts, long cacheHits, double elapsedSeconds, double latencyP50Ms,
        double latencyP99Ms, String model) {

    @JsonPropertyOrder({"p50", "p99"})
    private record Latency(double p50, double p99) {}

    @JsonPropertyOrder({"events", "embedded", "deadLetters", "late", "unique", "exact", "near", "variant", "alerts",
            "cacheHits", "elapsedSeconds", "eventsPerSecond", "latencyMs", "model"})
    private record Line(long events, long embedded, long deadLetters, long late, long unique, long exact, long near,
            long variant, long alerts, long cacheHits, double elapsedSeconds, double eventsPerSecond,
            Latency latencyMs, String model) {}

    /** Every event is either embedded or a dead letter, and every embedded one has exactly one fate. */
    boolean addsUp() {
        return embedded + deadLetters == events && unique + suppressed + late == embedded;
    }

    double eventsPerSecond() {
        return elapsedSeconds > 0 ? events / elapsedSeconds : 0;
    }

    String toJson() {
        try {
            return new ObjectMapper().writeValueAsString(new Line(events, embedded, deadLetters, late, unique, exact,
                    near, variant, alerts, cacheHits, round(elapsedSeconds), round(eventsPerSecond()),
                    new Latency(round(latencyP50Ms), round(latencyP99Ms)), model));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String toText() {
        return String.format(Locale.ROOT, """

                %,d events in %.1f s (%.0f a second), model %s
                  embedded     %,8d   (%,d of them answered by the embedding cache)
                  dead letters %,8d
                  unique       %,8d
                  duplicates   %,8d   exact %,d, near %,d, variant %,d; %,d kept from the unique topic
                  late         %,8d
                  latency      p50 %.0f ms, p99 %.0f ms from send to committed embedding
                """, events, elapsedSeconds, eventsPerSecond(), model, embedded, cacheHits, deadLetters, unique,
                exact + near + variant, exact, near, variant, suppressed, late, latencyP50Ms, latencyP99Ms);
    }

    private static double round(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
