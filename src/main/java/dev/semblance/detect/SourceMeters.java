package dev.semblance.detect;

import dev.semblance.metrics.SemblanceMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * Events and suppressed events by source, which is the user. Sources are without number, meters must not be: the first
 * {@code max} sources that are found to say much get counters of their own, from then on, and the others share
 * {@code (other)}. A source is found once it leads a bounded count of candidates by {@value #LEAST_EVENTS} events; one
 * that makes more than 1 in {@value #CANDIDATES} events is, sooner or later.
 *
 * <p>Thread: the stream thread. Source: Misra and Gries, "Finding repeated elements", 1982.
 */
final class SourceMeters {

    static final String OTHER = "(other)";
    static final String NONE = "(none)";
    static final int LEAST_EVENTS = 100;
    static final int CANDIDATES = 1_024;
    private static final int MAX_LENGTH = 64;

    private record Counters(Counter events, Counter suppressed) {}

    private final MeterRegistry registry;
    private final int max;
    private final Map<String, Counters> named = new HashMap<>();
    private final Map<String, Integer> candidates = new HashMap<>();
    private Counters other;
    private Counters none;

    /** @param max sources with counters of their own; 0 for no counters at all */
    SourceMeters(MeterRegistry registry, int max) {
        this.registry = registry;
        this.max = max;
    }

    /** @param user null where the source is not known */
    void decided(String user, boolean suppressed) {
        if (max == 0) {
            return;
        }
        Counters counters = of(user);
        counters.events.increment();
        if (suppressed) {
            counters.suppressed.increment();
        }
    }

    private Counters of(String user) {
        if (user == null) {
            if (none == null) {
                none = counters(NONE);
            }
            return none;
        }
        String source = user.length() <= MAX_LENGTH ? user : user.substring(0, MAX_LENGTH);
        Counters own = named.get(source);
        if (own == null && named.size() < max && leads(source)) {
            own = counters(source);
            named.put(source, own);
        }
        if (own != null) {
            return own;
        }
        if (other == null) {
            other = counters(OTHER);
        }
        return other;
    }

    private boolean leads(String source) {
        Integer count = candidates.get(source);
        if (count == null && candidates.size() == CANDIDATES) {
            candidates.replaceAll((_, n) -> n - 1);
            candidates.values().removeIf(n -> n == 0);
            return false;
        }
        int now = count == null ? 1 : count + 1;
        if (now < LEAST_EVENTS) {
            candidates.put(source, now);
            return false;
        }
        candidates.remove(source);
        if (named.size() + 1 == max) {
            candidates.clear();
        }
        return true;
    }

    private Counters counters(String source) {
        return new Counters(SemblanceMeter.DETECT_SOURCE_EVENTS.counter(registry, "source", source),
                SemblanceMeter.DETECT_SOURCE_SUPPRESSED.counter(registry, "source", source));
    }
}
