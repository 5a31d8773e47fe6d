package dev.semblance.embed;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps.Submitted;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.record.Embedding;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.TextEvent;
import java.util.List;

/** A record of the texts topic → embedding records. */
final class TextWork implements RecordWork {

    private final TextDecoder decoder;
    private final EmbeddingSteps steps;
    private final RecordCodec codec;
    private final Config.Embed config;

    TextWork(TextDecoder decoder, EmbeddingSteps steps, RecordCodec codec, Config.Embed config) {
        this.decoder = decoder;
        this.steps = steps;
        this.codec = codec;
        this.config = config;
    }

    @Override
    public List<PendingOutput> start(RawRecord raw) {
        List<TextOutcome> outcomes = decoder.decode(raw);
        // An array's bytes belong to no single event, and each of its events would carry all of them.
        byte[] sourceValue = config.keepSource() && outcomes.size() == 1 ? raw.value() : null;
        return outcomes.stream().map(outcome -> start(raw, outcome, sourceValue)).toList();
    }

    private PendingOutput start(RawRecord raw, TextOutcome outcome, byte[] sourceValue) {
        return switch (outcome) {
            case TextOutcome.Accepted(TextEvent event) -> PendingOutput.embedded(steps, event.text(),
                    (submitted, vector) -> forward(raw, event, submitted, vector, sourceValue));
            case TextOutcome.Deleted(String id) -> PendingOutput.deleted(id);
            case TextOutcome.Rejected(Rejection rejection) -> PendingOutput.rejected(rejection);
        };
    }

    private Output forward(RawRecord raw, TextEvent event, Submitted submitted, float[] vector, byte[] sourceValue) {
        Embedding embedding = steps.embedding(config.keepText() ? event : event.withoutText(), event.text(),
                raw.source(), submitted, vector, sourceValue);
        return Output.Forward.keyed(event.id(), codec.encode(embedding, config.vectorEncoding()),
                submitted.tokens().truncated());
    }
}
