package dev.semblance.serve;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * How one application of the process is.
 *
 * @param name    {@code embed} or {@code detect}
 * @param state   name of its Kafka Streams state
 * @param live    false where only a restart of the process helps
 * @param ready   true where it processes records now
 * @param details anything worth knowing, as {@code restore.remaining} → {@code 1200}
 */
public record AppHealth(String name, String state, boolean live, boolean ready, Map<String, String> details) {

    private static final Set<String> LIVE = Set.of("CREATED", "REBALANCING", "RUNNING");

    public AppHealth {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        details = Collections.unmodifiableMap(new TreeMap<>(details));
    }

    /** The usual reading of a state: live while it starts, rebalances or runs; ready while it runs. */
    public static AppHealth of(String name, String state, Map<String, String> details) {
        return new AppHealth(name, state, LIVE.contains(state), state.equals("RUNNING"), details);
    }
}
