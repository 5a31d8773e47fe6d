package dev.semblance.route;

import dev.semblance.codec.CodecException;
import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.DeadLetter;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.slots.RawRecords;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Lets well-formed embeddings and deletes through to the probes, byte for byte, and everything else to the dead
 * letters: others may write to the embeddings topic, too.
 *
 * <p>Thread: the stream thread.
 */
public final class RouteProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private final RecordCodec codec;
    private final String probesNode;
    private final String deadLetterNode;
    private final EmbeddingLimits limits;
    private final MeterRegistry registry;

    private RouteProcessor(RecordCodec codec, EmbeddingLimits limits, String probesNode, String deadLetterNode,
            MeterRegistry registry) {
        this.codec = codec;
        this.limits = limits;
        this.probesNode = probesNode;
        this.deadLetterNode = deadLetterNode;
        this.registry = registry;
    }

    public static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(Config.Texts limits, String probesNode,
            String deadLetterNode, MeterRegistry registry) {
        RecordCodec codec = new RecordCodec();
        EmbeddingLimits embeddingLimits = new EmbeddingLimits(limits, System::currentTimeMillis);
        return () -> new RouteProcessor(codec, embeddingLimits, probesNode, deadLetterNode, registry);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawRecord raw = RawRecords.of(record, context().recordMetadata().orElseThrow());
        Optional<Rejection> rejection = check(raw);
        if (rejection.isPresent()) {
            context().forward(RawRecords.toKafka(new DeadLetter(raw, "detect", rejection.get())), deadLetterNode);
            SemblanceMeter.DEAD_LETTERS
                    .counter(registry, "stage", "detect", "reason", rejection.get().reason().name()).increment();
            return;
        }
        RecordHeaders headers = new RecordHeaders();
        ProbeHeaders.stamp(headers, raw.source());
        context().forward(record.withHeaders(headers), probesNode);
    }

    private Optional<Rejection> check(RawRecord raw) {
        Optional<Rejection> tooLarge = DeadLetter.tooLarge(raw);
        if (tooLarge.isPresent()) {
            return tooLarge;
        }
        if (raw.key() == null || raw.key().length == 0) {
            return Optional.of(new Rejection(Rejection.Reason.NULL_RECORD,
                    "a record of the embeddings topic needs the event id as its key; this one has no key"));
        }
        if (raw.value() == null) {
            return Optional.empty();
        }
        try {
            return limits.check(raw.key(), codec.decodeEmbedding(raw.value()));
        } catch (CodecException e) {
            return Optional.of(e.rejection());
        }
    }
}
