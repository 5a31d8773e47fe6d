package dev.semblance.codec;

import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;

/**
 * The values of the public topics: Avro single-object encoding of the schemas in {@code schemas/}. Equal records give
 * equal bytes, in every process. Reads what this and every earlier release wrote.
 *
 * <p>All {@code decode} methods throw {@link CodecException}: MALFORMED (truncated, bytes left over, lengths or
 * symbols that cannot be, another type of record), INVALID_UTF8, UNKNOWN_SCHEMA (with the fingerprint in hex) or
 * INVALID_VECTOR. A null value (a delete) is the caller's business. {@code encode} throws it where a vector is not of
 * its model's dimension or has components that cannot be written.
 *
 * <p>Thread: any.
 */
public final class RecordCodec {

    private static final int TEXT_EVENT_BYTES = 512;

    private final SingleObject<dev.semblance.avro.TextEvent> textEvents = new SingleObject<>(
            dev.semblance.avro.TextEvent.getClassSchema());
    private final SingleObject<dev.semblance.avro.Embedding> embeddings = new SingleObject<>(
            dev.semblance.avro.Embedding.getClassSchema());
    private final SingleObject<dev.semblance.avro.Alert> alerts = new SingleObject<>(
            dev.semblance.avro.Alert.getClassSchema());
    private final SingleObject<dev.semblance.avro.Watch> watches = new SingleObject<>(
            dev.semblance.avro.Watch.getClassSchema());
    private final SingleObject<dev.semblance.avro.WatchVector> watchVectors = new SingleObject<>(
            dev.semblance.avro.WatchVector.getClassSchema());

    public byte[] encode(TextEvent event) {
        return encode(event, null);
    }

    /** @param sourceValue the original bytes of the source record's value, or null */
    public byte[] encode(TextEvent event, byte[] sourceValue) {
        return textEvents.encode(ToAvro.textEvent(event, sourceValue), TEXT_EVENT_BYTES);
    }

    public byte[] encode(Embedding embedding, VectorEncoding encoding) {
        return embeddings.encode(ToAvro.embedding(embedding, encoding),
                TEXT_EVENT_BYTES + embedding.vector().length * VectorBytes.componentBytes(encoding));
    }

    public byte[] encode(Alert alert) {
        return alerts.encode(ToAvro.alert(alert), 2 * TEXT_EVENT_BYTES);
    }

    public byte[] encode(Watch watch) {
        return watches.encode(ToAvro.watch(watch), TEXT_EVENT_BYTES);
    }

    public byte[] encode(WatchVector watchVector, VectorEncoding encoding) {
        return watchVectors.encode(ToAvro.watchVector(watchVector, encoding),
                TEXT_EVENT_BYTES + watchVector.vector().length * VectorBytes.componentBytes(encoding));
    }

    /** The id is empty where the producer left it so; {@code source_value} is not looked at. */
    public TextEvent decodeTextEvent(byte[] value) {
        return textEvents.decode(value, FromAvro::textEvent);
    }

    /** The vector of an F16 or I8 value is what is stored, times its scale: not renormalised. */
    public Embedding decodeEmbedding(byte[] value) {
        return embeddings.decode(value, FromAvro::embedding);
    }

    public Alert decodeAlert(byte[] value) {
        return alerts.decode(value, FromAvro::alert);
    }

    /** The id is empty where the producer left it to the record's key. */
    public Watch decodeWatch(byte[] value) {
        return watches.decode(value, FromAvro::watch);
    }

    /** The vector of an F16 or I8 value is what is stored, times its scale: not renormalised. */
    public WatchVector decodeWatchVector(byte[] value) {
        return watchVectors.decode(value, FromAvro::watchVector);
    }
}
