package dev.semblance.watch;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.Watch;

/**
 * A watch as one record of its topic put it: in force for the embeddings that were appended at {@code fromMs} or later,
 * and before its end.
 *
 * <p>Thread: the writer ends and moves it; any thread reads.
 */
final class WatchVersion {

    /**
     * @param atMs     the append time of the record that changed or removed the watch
     * @param sequence of that change: readers of an earlier snapshot do not know of it
     */
    record End(long atMs, long sequence) {}

    final Watch watch;
    final ModelIdentity model;
    /** The watch's own, else the detect stage's. */
    final double threshold;
    final float least;
    final long fromMs;
    final long sizeBytes;
    private volatile End end;
    /** The writer's: where its row is. */
    WatchChunk chunk;
    int row;

    WatchVersion(Watch watch, ModelIdentity model, double threshold, long fromMs, long sizeBytes) {
        this.watch = watch;
        this.model = model;
        this.threshold = threshold;
        this.least = (float) threshold;
        this.fromMs = fromMs;
        this.sizeBytes = sizeBytes;
    }

    void end(End change) {
        end = change;
    }

    /** Null while it is the last version. */
    End end() {
        return end;
    }

    /** @param sequence of the snapshot that is read */
    boolean isInForce(long appendedMs, long sequence) {
        if (appendedMs < fromMs) {
            return false;
        }
        End ended = end;
        return ended == null || ended.sequence() > sequence || appendedMs < ended.atMs();
    }
}
