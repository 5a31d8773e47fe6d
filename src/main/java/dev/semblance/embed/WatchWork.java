package dev.semblance.embed;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps.Submitted;
import dev.semblance.ingest.WatchDecoder;
import dev.semblance.ingest.WatchOutcome;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A record of the watches topic → a watch with its vector, by the same engine as the events. */
final class WatchWork implements RecordWork {

    private final WatchDecoder decoder;
    private final EmbeddingSteps steps;
    private final RecordCodec codec;
    private final Config.Embed config;

    WatchWork(WatchDecoder decoder, EmbeddingSteps steps, RecordCodec codec, Config.Embed config) {
        this.decoder = decoder;
        this.steps = steps;
        this.codec = codec;
        this.config = config;
    }

    @Override
    public List<PendingOutput> start(RawRecord raw) {
        return List.of(switch (decoder.decode(raw)) {
            case WatchOutcome.Accepted(Watch watch) -> embed(watch);
            case WatchOutcome.Removed(String id) -> new PendingOutput.Ready(new Output.Forward(key(id), null, false));
            case WatchOutcome.Rejected(Rejection rejection) -> new PendingOutput.Ready(new Output.Reject(rejection));
        });
    }

    private PendingOutput embed(Watch watch) {
        try {
            Submitted submitted = steps.submit(watch.text());
            return new PendingOutput.Awaiting(submitted.vector(),
                    vector -> new Output.Forward(key(watch.id()),
                            codec.encode(new WatchVector(watch, steps.model(), vector), config.vectorEncoding()),
                            submitted.tokens().truncated()));
        } catch (PoisonTextException e) {
            return new PendingOutput.Ready(
                    new Output.Reject(new Rejection(Rejection.Reason.POISON_TEXT, e.getMessage())));
        }
    }

    private static byte[] key(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }
}
