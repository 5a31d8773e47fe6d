package dev.semblance.slots;

import dev.semblance.record.RawRecord;

/** One record in flight. Thread: the stream thread. */
public final class Slot {

    final int number;
    final long sequence;
    /** Commits that had completed when the record was put; −1 for a restored one. */
    final long admittedAtCommit;
    private final RawRecord raw;

    Slot(int number, long sequence, long admittedAtCommit, RawRecord raw) {
        this.number = number;
        this.sequence = sequence;
        this.admittedAtCommit = admittedAtCommit;
        this.raw = raw;
    }

    public RawRecord raw() {
        return raw;
    }
}
