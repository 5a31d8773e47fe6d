package dev.semblance.embed;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.ingest.WatchDecoder;
import dev.semblance.ingest.WatchOutcome;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
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
            case WatchOutcome.Removed(String id) -> PendingOutput.deleted(id);
            case WatchOutcome.Rejected(Rejection rejection) -> PendingOutput.rejected(rejection);
        });
    }

    private PendingOutput embed(Watch watch) {
        return PendingOutput.embedded(steps, watch.text(),
                (submitted, vector) -> Output.Forward.keyed(watch.id(),
                        codec.encode(new WatchVector(watch, steps.model(), vector), config.vectorEncoding()),
                        submitted.tokens().truncated()));
    }
}
