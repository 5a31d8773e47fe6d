package dev.semblance.codec;

import dev.semblance.avro.Model;
import dev.semblance.avro.TextHash;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** Value types → the generated Avro classes, whose constructors take the fields in the order of the schema. */
final class ToAvro {

    private ToAvro() {}

    static dev.semblance.avro.TextEvent textEvent(TextEvent e, byte[] sourceValue) {
        return new dev.semblance.avro.TextEvent(e.id(), e.text(), e.eventTimeMs(), e.user(), e.lang(),
                sorted(e.attributes()), wrap(sourceValue));
    }

    static dev.semblance.avro.Embedding embedding(Embedding e, VectorEncoding encoding) {
        TextEvent event = e.event();
        VectorBytes.Encoded vector = vector(e.vector(), e.model(), encoding);
        return new dev.semblance.avro.Embedding(event.id(), event.text(), event.eventTimeMs(), event.user(),
                event.lang(), sorted(event.attributes()), e.source().topic(), e.source().partition(),
                e.source().offset(), model(e.model()), e.preprocessing(), wrap(vector.bytes()), encoding(encoding),
                vector.scale(), e.tokenCount(), e.truncated(), new TextHash(e.textHash().toBytes()), e.figuresHash(),
                wrap(e.sourceValue()));
    }

    static dev.semblance.avro.Alert alert(Alert a) {
        return new dev.semblance.avro.Alert(kind(a.kind()), a.eventId(), a.originalId(), matchKind(a.matchKind()),
                a.cosine(), a.threshold(), a.eventTimeMs(), a.originalTimeMs(), a.clusterSize(), a.suppressed(),
                a.onlyInEvent(), a.onlyInOriginal(), a.text(), a.originalText(), a.labels(), model(a.model()),
                a.ratePerHour(), a.similarity());
    }

    static dev.semblance.avro.Watch watch(Watch w) {
        return new dev.semblance.avro.Watch(w.id(), w.text(), w.threshold(), w.labels());
    }

    static dev.semblance.avro.WatchVector watchVector(WatchVector v, VectorEncoding encoding) {
        Watch w = v.watch();
        VectorBytes.Encoded vector = vector(v.vector(), v.model(), encoding);
        return new dev.semblance.avro.WatchVector(w.id(), w.text(), w.threshold(), w.labels(), model(v.model()),
                wrap(vector.bytes()), encoding(encoding), vector.scale());
    }

    private static VectorBytes.Encoded vector(float[] vector, ModelIdentity model, VectorEncoding encoding) {
        if (vector.length != model.dimension()) {
            throw CodecException.of(Reason.INVALID_VECTOR, "the vector has " + vector.length + " components, model "
                    + model.id() + " says " + model.dimension());
        }
        return VectorBytes.encode(vector, encoding);
    }

    private static Model model(ModelIdentity m) {
        return new Model(m.id(), m.revision(), m.dimension(), m.pooling(), m.normalised(), m.maxTokens(),
                m.precision());
    }

    /** The order of an immutable map differs from process to process; the bytes must not. */
    private static Map<String, String> sorted(Map<String, String> attributes) {
        return attributes.size() < 2 ? attributes : new TreeMap<>(attributes);
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static dev.semblance.avro.VectorEncoding encoding(VectorEncoding encoding) {
        return switch (encoding) {
            case F32 -> dev.semblance.avro.VectorEncoding.F32;
            case F16 -> dev.semblance.avro.VectorEncoding.F16;
            case I8 -> dev.semblance.avro.VectorEncoding.I8;
        };
    }

    private static dev.semblance.avro.AlertKind kind(AlertKind kind) {
        return switch (kind) {
            case NEAR_DUPLICATE -> dev.semblance.avro.AlertKind.NEAR_DUPLICATE;
            case WATCH -> dev.semblance.avro.AlertKind.WATCH;
            case BURST -> dev.semblance.avro.AlertKind.BURST;
            case CORRECTION -> dev.semblance.avro.AlertKind.CORRECTION;
        };
    }

    private static dev.semblance.avro.MatchKind matchKind(MatchKind kind) {
        return switch (kind) {
            case null -> null;
            case EXACT -> dev.semblance.avro.MatchKind.EXACT;
            case NEAR -> dev.semblance.avro.MatchKind.NEAR;
            case VARIANT -> dev.semblance.avro.MatchKind.VARIANT;
        };
    }
}
