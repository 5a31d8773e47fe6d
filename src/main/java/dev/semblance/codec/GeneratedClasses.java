package dev.semblance.codec;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/**
 * Which class stands for which schema: our generated ones and no others. Avro's own look-up goes by the names in a
 * schema, asks a process-wide list of trusted classes, and would have to be opened for everyone.
 *
 * <p>Thread: any.
 */
final class GeneratedClasses extends SpecificData {

    static final GeneratedClasses INSTANCE = new GeneratedClasses();

    private static final Map<String, Class<?>> BY_NAME = Map.of("TextEvent", dev.semblance.avro.TextEvent.class,
            "Embedding", dev.semblance.avro.Embedding.class, "Alert", dev.semblance.avro.Alert.class, "Watch",
            dev.semblance.avro.Watch.class, "WatchVector", dev.semblance.avro.WatchVector.class, "Model",
            dev.semblance.avro.Model.class, "TextHash", dev.semblance.avro.TextHash.class, "VectorEncoding",
            dev.semblance.avro.VectorEncoding.class, "AlertKind", dev.semblance.avro.AlertKind.class, "MatchKind",
            dev.semblance.avro.MatchKind.class);

    private GeneratedClasses() {}

    @Override
    @SuppressWarnings("rawtypes") // As the superclass declares it.
    public Class getClass(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> BY_NAME.get(schema.getName());
            default -> super.getClass(schema);
        };
    }
}
