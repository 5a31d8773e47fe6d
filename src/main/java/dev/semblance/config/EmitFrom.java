package dev.semblance.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where in the embeddings topic the part begins that a detect application writes about. What comes before it is decided
 * in full, but another application has written about it.
 *
 * @param instantMs broker's time of the append from which on; {@code Long.MIN_VALUE} for all
 * @param offsets   partition → first offset; a partition that is not named begins at 0
 */
public record EmitFrom(long instantMs, SortedMap<Integer, Long> offsets) {

    public static final EmitFrom ALWAYS = new EmitFrom(Long.MIN_VALUE, new TreeMap<>());
    public static final EmitFrom NEVER = new EmitFrom(Long.MAX_VALUE, new TreeMap<>());

    private static final String NEVER_TEXT = "never";
    private static final String OFFSET = "[0-9]{1,9}:[0-9]{1,18}";

    public EmitFrom {
        offsets = Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
    }

    /** Exact whatever the clocks of the brokers say: offsets are given once. */
    public static EmitFrom offsets(Map<Integer, Long> offsets) {
        return new EmitFrom(Long.MIN_VALUE, new TreeMap<>(offsets));
    }

    /**
     * Reads what {@link #toString} writes, milliseconds since 1970 too.
     *
     * @throws IllegalArgumentException naming the forms that are read
     */
    public static EmitFrom parse(String text) {
        if (text.isEmpty()) {
            return ALWAYS;
        }
        if (text.equals(NEVER_TEXT)) {
            return NEVER;
        }
        if (text.matches("[0-9]{1,18}")) {
            return new EmitFrom(Long.parseLong(text), new TreeMap<>());
        }
        if (text.matches(OFFSET + "(," + OFFSET + ")*")) {
            TreeMap<Integer, Long> offsets = new TreeMap<>();
            for (String offset : text.split(",", -1)) {
                int colon = offset.indexOf(':');
                int partition = Integer.parseInt(offset.substring(0, colon));
                if (offsets.put(partition, Long.parseLong(offset.substring(colon + 1))) != null) {
                    throw new IllegalArgumentException("partition " + partition + " is named twice");
                }
            }
            return offsets(offsets);
        }
        try {
            return new EmitFrom(Instant.parse(text).toEpochMilli(), new TreeMap<>());
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("expected never, an instant as 2026-01-31T09:00:00Z, milliseconds since"
                    + " 1970, or offsets as 0:1200,1:1187", e);
        }
    }

    /** Whether nothing is to be written about that record of the embeddings topic. */
    public boolean isBefore(int partition, long offset, long appendedMs) {
        return appendedMs < instantMs || offset < offsets.getOrDefault(partition, 0L);
    }

    /** As in a configuration file. */
    @Override
    public String toString() {
        if (!offsets.isEmpty()) {
            return offsets.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue())
                    .collect(Collectors.joining(","));
        }
        return instantMs == Long.MIN_VALUE
                ? ""
                : instantMs == Long.MAX_VALUE ? NEVER_TEXT : Instant.ofEpochMilli(instantMs).toString();
    }
}
