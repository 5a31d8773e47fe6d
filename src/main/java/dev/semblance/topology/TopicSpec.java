package dev.semblance.topology;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a public topic should look like.
 *
 * @param logicalName       as in {@code topology/topics.yaml}
 * @param name              its actual name on the brokers
 * @param partitions        what it is created with; users may choose their own
 * @param replicationFactor −1 for the brokers' default
 * @param config            topic settings, by Kafka's names
 */
public record TopicSpec(String logicalName, String name, int partitions, short replicationFactor,
        Map<String, String> config) {

    public TopicSpec {
        config = Collections.unmodifiableMap(new TreeMap<>(config));
    }

    /** Whether only the newest record of a key has to be kept, so that the topic is a table. */
    boolean compacted() {
        return config.getOrDefault("cleanup.policy", "delete").contains("compact");
    }
}
