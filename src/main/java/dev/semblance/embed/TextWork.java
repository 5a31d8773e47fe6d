package dev.semblance.embed;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps.Submitted;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.record.Embedding;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.TextEvent;
import dev.semblance.text.TextFingerprint;
import java.nio.charset.StandardCharsets;
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
            case TextOutcome.Accepted(TextEvent event) -> embed(raw, event, sourceValue);
            case TextOutcome.Deleted(String id) -> new PendingOutput.Ready(new Output.Forward(key(id), null, false));
            case TextOutcome.Rejected(Rejection rejection) -> new PendingOutput.Ready(new Output.Reject(rejection));
        };
    }

    private PendingOutput embed(RawRecord raw, TextEvent event, byte[] sourceValue) {
        try {
            Submitted submitted = steps.submit(event.text());
            return new PendingOutput.Awaiting(submitted.vector(),
                    vector -> finish(raw, event, submitted, vector, sourceValue));
        } catch (PoisonTextException e) {
            return new PendingOutput.Ready(
                    new Output.Reject(new Rejection(Rejection.Reason.POISON_TEXT, e.getMessage())));
        }
    }

    private Output finish(RawRecord raw, TextEvent event, Submitted submitted, float[] vector,
            byte[] sourceValue) {
        Embedding embedding = new Embedding(config.keepText() ? event : event.withoutText(), raw.source(),
                steps.model(), steps.preprocessing().id(), vector, submitted.tokens().length(),
                submitted.tokens().truncated(), TextFingerprint.hash(event.text()),
                TextFingerprint.figures(event.text()), sourceValue);
        return new Output.Forward(key(event.id()), codec.encode(embedding, config.vectorEncoding()),
                submitted.tokens().truncated());
    }

    private static byte[] key(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }
}
