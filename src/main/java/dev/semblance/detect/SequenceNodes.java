package dev.semblance.detect;

/** Names of the stores that a {@link SequenceProcessor} is wired to. */
public record SequenceNodes(String slotStore, String sequenceStore) {}
