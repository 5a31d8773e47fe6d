package dev.semblance.route;

import dev.semblance.codec.CodecException;
import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.EmitFrom;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.DeadLetter;
import dev.semblance.record.Embedding;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.slots.RawRecords;
import dev.semblance.watch.WatchAlerter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Lets well-formed embeddings and deletes through to the probes, byte for byte, and everything else to the dead
 * letters: others may write to the embeddings topic, too. Alerts where an event comes close to a watch.
 *
 * <p>Thread: the stream thread.
 */
public final class RouteProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private final RecordCodec codec;
    private final String probesNode;
    private final String alertsNode;
    private final String deadLetterNode;
    private final EmbeddingLimits limits;
    private final EmitFrom emitFrom;
    private final Supplier<WatchAlerter> alerters;
    private final MeterRegistry registry;
    private final Counter alerts;
    private final Counter quietLetters;
    private WatchAlerter watches;

    private RouteProcessor(RecordCodec codec, EmbeddingLimits limits, EmitFrom emitFrom,
            Supplier<WatchAlerter> alerters,
            String probesNode, String alertsNode, String deadLetterNode, MeterRegistry registry) {
        this.codec = codec;
        this.limits = limits;
        this.emitFrom = emitFrom;
        this.alerters = alerters;
        this.probesNode = probesNode;
        this.alertsNode = alertsNode;
        this.deadLetterNode = deadLetterNode;
        this.registry = registry;
        this.quietLetters = SemblanceMeter.DETECT_QUIET.counter(registry);
        this.alerts = SemblanceMeter.DETECT_ALERTS.counter(registry, "kind", AlertKind.WATCH.name());
    }

    /** @param watches a new one for each task */
    public static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(Config.Texts limits, EmitFrom emitFrom,
            Supplier<WatchAlerter> watches, String probesNode, String alertsNode, String deadLetterNode,
            MeterRegistry registry) {
        RecordCodec codec = new RecordCodec();
        EmbeddingLimits embeddingLimits = new EmbeddingLimits(limits, System::currentTimeMillis);
        return () -> new RouteProcessor(codec, embeddingLimits, emitFrom, watches, probesNode, alertsNode,
                deadLetterNode,
                registry);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        watches = alerters.get();
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawRecord raw = RawRecords.of(record, context().recordMetadata().orElseThrow());
        Checked checked = check(raw);
        boolean quiet = emitFrom.isBefore(raw.source().partition(), raw.source().offset(), raw.timestampMs());
        if (checked.rejection() != null && quiet) {
            // Another application has written the dead letter.
            quietLetters.increment();
            return;
        }
        if (checked.rejection() != null) {
            context().forward(RawRecords.toKafka(new DeadLetter(raw, "detect", checked.rejection())), deadLetterNode);
            SemblanceMeter.DEAD_LETTERS
                    .counter(registry, "stage", "detect", "reason", checked.rejection().reason().name()).increment();
            return;
        }
        if (checked.embedding() != null && !quiet) {
            alert(checked.embedding(), record);
        }
        RecordHeaders headers = new RecordHeaders();
        ProbeHeaders.stamp(headers, raw.source(), quiet);
        context().forward(record.withHeaders(headers), probesNode);
    }

    /** Here, and not in the shards: an event passes once here, whatever the number of shards. */
    private void alert(Embedding event, Record<byte[], byte[]> record) {
        for (Alert alert : watches.alerts(event, record.timestamp())) {
            context().forward(new Record<>(record.key(), codec.encode(alert), record.timestamp()), alertsNode);
            alerts.increment();
        }
    }

    /** Neither for a delete. */
    private record Checked(Embedding embedding, Rejection rejection) {}

    private Checked check(RawRecord raw) {
        Optional<Rejection> tooLarge = DeadLetter.tooLarge(raw);
        if (tooLarge.isPresent()) {
            return new Checked(null, tooLarge.get());
        }
        if (raw.key() == null || raw.key().length == 0) {
            return new Checked(null, new Rejection(Rejection.Reason.NULL_RECORD,
                    "a record of the embeddings topic needs the event id as its key; this one has no key"));
        }
        if (raw.value() == null) {
            return new Checked(null, null);
        }
        try {
            Embedding embedding = codec.decodeEmbedding(raw.value());
            return new Checked(embedding, limits.check(raw.key(), embedding).orElse(null));
        } catch (CodecException e) {
            return new Checked(null, e.rejection());
        }
    }
}
