package dev.semblance.detect;

import java.util.HashMap;
import java.util.Map;

/**
 * How many events each live original stands for. Thread: the owner's of the {@link Deduplicator}.
 */
public interface ClusterSizes {

    /**
     * Counts one more copy.
     *
     * @return the new size, the original included: 2 for the first copy
     */
    long add(String originalId);

    /** The size, the original included; 1 where no copy has been counted. */
    long get(String originalId);

    /** Forgets an original. */
    void remove(String originalId);

    /** Sizes that live as long as the object. */
    static ClusterSizes inMemory() {
        Map<String, Long> copies = new HashMap<>();
        return new ClusterSizes() {
            @Override
            public long add(String originalId) {
                return 1 + copies.merge(originalId, 1L, Long::sum);
            }

            @Override
            public long get(String originalId) {
                return 1 + copies.getOrDefault(originalId, 0L);
            }

            @Override
            public void remove(String originalId) {
                copies.remove(originalId);
            }
        };
    }
}
