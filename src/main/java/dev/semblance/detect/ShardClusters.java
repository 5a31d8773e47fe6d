package dev.semblance.detect;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How many events each original of a shard stands for. Joins arrive some time after the turn that they belong to; the
 * original may have gone by then, and another event with its id may have come. So where a cluster ends, at a turn, its
 * size is kept until no join of an earlier turn can be on its way, and such joins are counted there.
 *
 * <p>Thread: the owner's of the shard.
 */
final class ShardClusters {

    private static final char LIVE = '+';
    private static final char ENDED = '-';
    private static final int HEX = 16;

    private final Numbers sizes;
    /** Id → turn at which a cluster of that id ended. */
    private final Map<String, NavigableSet<Long>> endings = new HashMap<>();
    /** The same from the earliest on. A turn may end several. */
    private final NavigableMap<Long, Set<String>> byTurn = new TreeMap<>();

    ShardClusters(Numbers sizes) {
        this.sizes = sizes;
        sizes.forEach((key, _) -> {
            if (key.charAt(0) == ENDED) {
                mark(key.substring(1 + HEX), Long.parseLong(key.substring(1, 1 + HEX), 16));
            }
        });
    }

    /**
     * Counts a copy.
     *
     * @param turn   of the copy
     * @param isLive whether there is an original of that id, or may be
     * @return the new size, the original included
     */
    long add(String id, long turn, boolean isLive) {
        NavigableSet<Long> ended = endings.get(id);
        Long end = ended == null ? null : ended.higher(turn);
        String key = end == null ? live(id) : ended(id, end);
        long size = Math.max(1, sizes.get(key)) + 1;
        // What has been cut for want of memory leaves nothing to count in.
        if (end != null || isLive) {
            sizes.put(key, size);
        }
        return size;
    }

    /** The size, the original included; 1 where no copy has been counted. */
    long get(String id) {
        return Math.max(1, sizes.get(live(id)));
    }

    /** From that turn on, the id stands for something else, or nothing. */
    void end(String id, long turn) {
        long size = sizes.get(live(id));
        if (size > 0) {
            sizes.delete(live(id));
        }
        if (endings.getOrDefault(id, Collections.emptyNavigableSet()).contains(turn)) {
            return;
        }
        sizes.put(ended(id, turn), Math.max(1, size));
        mark(id, turn);
    }

    /** No join of a turn before that one can arrive any more. */
    void forgetBefore(long turn) {
        while (!byTurn.isEmpty() && byTurn.firstKey() <= turn) {
            Map.Entry<Long, Set<String>> first = byTurn.pollFirstEntry();
            for (String id : first.getValue()) {
                sizes.delete(ended(id, first.getKey()));
                endings.get(id).remove(first.getKey());
                endings.computeIfPresent(id, (_, turns) -> turns.isEmpty() ? null : turns);
            }
        }
    }

    private void mark(String id, long turn) {
        endings.computeIfAbsent(id, _ -> new TreeSet<>()).add(turn);
        byTurn.computeIfAbsent(turn, _ -> new HashSet<>()).add(id);
    }

    private static String live(String id) {
        return LIVE + id;
    }

    private static String ended(String id, long turn) {
        return ENDED + HexFormat.of().toHexDigits(turn) + id;
    }
}
