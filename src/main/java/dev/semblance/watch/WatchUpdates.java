package dev.semblance.watch;

import dev.semblance.codec.CodecException;
import dev.semblance.codec.RecordCodec;
import dev.semblance.record.DeadLetter;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.WatchVector;
import dev.semblance.slots.RawRecords;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Records of the topic of watch vectors → {@link Watches}, at start from the beginning of the topic. The last record of
 * a key counts, also where it cannot be used: then there is no such watch. It is refused aloud and counted; a global
 * store has no dead letters, and an exception here would end the application.
 *
 * <p>Thread: that of the global store.
 */
final class WatchUpdates extends ContextualProcessor<byte[], byte[], Void, Void> {

    private final Watches watches;
    private final WatchLimits limits;
    private final WatchMeters meters;
    private final WatchRefusals refusals;
    private final RecordCodec codec = new RecordCodec();

    WatchUpdates(Watches watches, WatchLimits limits, WatchRefusals refusals, WatchMeters meters) {
        this.watches = watches;
        this.limits = limits;
        this.refusals = refusals;
        this.meters = meters;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawRecord raw = RawRecords.of(record, context().recordMetadata().orElseThrow());
        long nowMs = context().currentSystemTimeMs();
        if (raw.key() == null || raw.key().length == 0) {
            refuse(raw, new Rejection(Reason.NULL_RECORD, "a watch vector needs the id of its watch as its key"));
            return;
        }
        String id = new String(raw.key(), StandardCharsets.UTF_8);
        if (raw.value() == null) {
            watches.remove(id, raw.timestampMs(), nowMs);
            return;
        }
        Rejection rejection;
        try {
            rejection = put(raw, nowMs);
        } catch (CodecException e) {
            rejection = e.rejection();
        } catch (RuntimeException e) {
            // A fault of ours: one watch is missing, and said to be, instead of all detection.
            rejection = new Rejection(Reason.INVALID_WATCH, "it could not be taken up: " + e);
        }
        if (rejection != null) {
            watches.remove(id, raw.timestampMs(), nowMs);
            refuse(raw, rejection);
        }
    }

    /** @return why not, or null */
    private Rejection put(RawRecord raw, long nowMs) {
        Optional<Rejection> tooLarge = DeadLetter.tooLarge(raw);
        if (tooLarge.isPresent()) {
            return tooLarge.get();
        }
        WatchVector watchVector = codec.decodeWatchVector(raw.value());
        Optional<Rejection> refused = limits.check(raw.key(), watchVector);
        return refused.isPresent()
                ? refused.get()
                : refusals.of(watches.put(watchVector, raw.timestampMs(), nowMs), watchVector);
    }

    private void refuse(RawRecord raw, Rejection rejection) {
        meters.refused(rejection, raw.source().toString());
    }
}
