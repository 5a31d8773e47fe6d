package dev.semblance.codec;

import dev.semblance.avro.Model;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TextHash;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.nio.ByteBuffer;

/** The generated Avro classes → value types. UNKNOWN symbols, written by a later release, are refused. */
final class FromAvro {

    private FromAvro() {}

    static TextEvent textEvent(dev.semblance.avro.TextEvent e) {
        return new TextEvent(e.getId(), e.getText(), e.getEventTimeMs(), e.getUser(), e.getLang(), e.getAttributes());
    }

    static Embedding embedding(dev.semblance.avro.Embedding e) {
        TextEvent event = new TextEvent(e.getId(), e.getText(), e.getEventTimeMs(), e.getUser(), e.getLang(),
                e.getAttributes());
        SourcePosition source = new SourcePosition(e.getSourceTopic(), e.getSourcePartition(), e.getSourceOffset());
        ModelIdentity model = model(e.getModel());
        float[] vector = VectorBytes.decode(e.getVector(), encoding(e.getEncoding()), e.getScale(), model.dimension());
        return new Embedding(event, source, model, e.getPreprocessing(), vector, e.getTokenCount(), e.getTruncated(),
                TextHash.of(e.getTextHash().bytes()), e.getFiguresHash(), bytes(e.getSourceValue()));
    }

    static Alert alert(dev.semblance.avro.Alert a) {
        return new Alert(kind(a.getKind()), a.getEventId(), a.getOriginalId(), matchKind(a.getMatchKind()),
                a.getCosine(), a.getThreshold(), a.getEventTimeMs(), a.getOriginalTimeMs(), a.getClusterSize(),
                a.getSuppressed(), a.getOnlyInEvent(), a.getOnlyInOriginal(), a.getText(), a.getOriginalText(),
                a.getLabels(), model(a.getModel()), a.getRatePerHour(), a.getSimilarity());
    }

    static Watch watch(dev.semblance.avro.Watch w) {
        return new Watch(w.getId(), w.getText(), w.getThreshold(), w.getLabels());
    }

    static WatchVector watchVector(dev.semblance.avro.WatchVector v) {
        ModelIdentity model = model(v.getModel());
        return new WatchVector(new Watch(v.getId(), v.getText(), v.getThreshold(), v.getLabels()), model,
                VectorBytes.decode(v.getVector(), encoding(v.getEncoding()), v.getScale(), model.dimension()));
    }

    private static ModelIdentity model(Model m) {
        return new ModelIdentity(m.getId(), m.getRevision(), m.getDimension(), m.getPooling(), m.getNormalised(),
                m.getMaxTokens(), m.getPrecision());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    static VectorEncoding encoding(dev.semblance.avro.VectorEncoding encoding) {
        return switch (encoding) {
            case F32 -> VectorEncoding.F32;
            case F16 -> VectorEncoding.F16;
            case I8 -> VectorEncoding.I8;
            case UNKNOWN -> throw unknown("encoding");
        };
    }

    private static AlertKind kind(dev.semblance.avro.AlertKind kind) {
        return switch (kind) {
            case NEAR_DUPLICATE -> AlertKind.NEAR_DUPLICATE;
            case WATCH -> AlertKind.WATCH;
            case BURST -> AlertKind.BURST;
            case CORRECTION -> AlertKind.CORRECTION;
            case UNKNOWN -> throw unknown("kind");
        };
    }

    private static MatchKind matchKind(dev.semblance.avro.MatchKind kind) {
        return switch (kind) {
            case null -> null;
            case EXACT -> MatchKind.EXACT;
            case NEAR -> MatchKind.NEAR;
            case VARIANT -> MatchKind.VARIANT;
            case UNKNOWN -> throw unknown("match_kind");
        };
    }

    private static CodecException unknown(String field) {
        return CodecException.malformed("field " + field + " is UNKNOWN, or newer than this version: upgrade");
    }
}
