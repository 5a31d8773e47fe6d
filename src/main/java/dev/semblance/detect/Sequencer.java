package dev.semblance.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes the one order that all shards follow: numbers, and the stream time as of each. What is late is known here, since
 * stream time follows from the order alone: it gets no number.
 *
 * <p>Thread: one owner.
 */
final class Sequencer {

    /** Of probes in a batch, unless one alone is larger. */
    static final int MAX_BATCH_BYTES = 448 << 10;

    /**
     * What has to survive a restart.
     *
     * @param run          which making of the sequence: later ones have greater numbers
     * @param last         number of the last turn, 0 before the first
     * @param streamTimeMs largest event time; {@code Long.MIN_VALUE} before the first
     */
    record Position(long run, long last, long streamTimeMs) {}

    private final long lateMs;
    private final int maxRows;
    private Position at;
    private List<Turn> batch = new ArrayList<>();
    private long batchBytes;

    /**
     * @param lateMs  window and grace
     * @param maxRows turns a batch at most
     */
    Sequencer(long lateMs, int maxRows, Position at) {
        this.lateMs = lateMs;
        this.maxRows = maxRows;
        this.at = at;
    }

    Position position() {
        return at;
    }

    /** Whether an event of that time would be late now. */
    boolean isLate(long eventTimeMs) {
        return MatchRules.isLate(at.streamTimeMs, eventTimeMs, lateMs);
    }

    /** The next turn is that of an event, which is not late. */
    void event(long eventTimeMs, long timestampMs, boolean quiet, byte[] key, byte[] value) {
        add(Math.max(at.streamTimeMs, eventTimeMs), timestampMs, quiet, key, value);
    }

    /** The next turn is a delete. */
    void delete(long timestampMs, boolean quiet, byte[] key) {
        add(at.streamTimeMs, timestampMs, quiet, key, null);
    }

    private void add(long streamTimeMs, long timestampMs, boolean quiet, byte[] key, byte[] value) {
        at = new Position(at.run, at.last + 1, streamTimeMs);
        Turn turn = new Turn(at.last, streamTimeMs, timestampMs, quiet, key, value);
        batch.add(turn);
        batchBytes += turn.sizeBytes();
    }

    /** Whether a probe of that size may join the batch; else take the batch first. */
    boolean hasRoom(long bytes) {
        return batch.isEmpty() || batch.size() < maxRows && batchBytes + bytes <= MAX_BATCH_BYTES;
    }

    /** Takes the batch away. May be empty. */
    TurnBatch take() {
        TurnBatch taken = new TurnBatch(at.run, batch);
        batch = new ArrayList<>();
        batchBytes = 0;
        return taken;
    }
}
