package dev.semblance.detect;

/**
 * Names of the nodes and stores that a {@link ShardProcessor} is wired to.
 *
 * @param controlTopic where mail of other shards comes from
 */
public record ShardNodes(String openStore, String windowStore, String clusterStore, String alertsNode,
        String uniqueNode, String controlNode, String controlTopic) {}
