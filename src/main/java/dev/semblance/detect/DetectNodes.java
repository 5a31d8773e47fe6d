package dev.semblance.detect;

/** Names of the nodes and stores that a {@link DetectProcessor} is wired to. */
public record DetectNodes(String slotStore, String windowStore, String clusterStore, String alertsNode,
        String uniqueNode) {}
