package dev.semblance.codec;

import dev.semblance.avro.Alert;
import dev.semblance.avro.Embedding;
import dev.semblance.avro.TextEvent;
import dev.semblance.avro.Watch;
import dev.semblance.avro.WatchVector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * The schemas on board by fingerprint: the present ones and every released version, so that whatever a release of this
 * program wrote can be read without a registry.
 *
 * <p>Thread: any; immutable.
 */
final class KnownSchemas {

    /** Folders of {@code schemas/released}, oldest first. */
    static final List<String> RELEASES = List.of("v1", "v2", "v3");

    /** The schemas of this version, as their generated classes carry them. */
    static final List<Schema> CURRENT = List.of(TextEvent.getClassSchema(), Embedding.getClassSchema(),
            Alert.getClassSchema(), Watch.getClassSchema(), WatchVector.getClassSchema());

    static final KnownSchemas ON_BOARD = load();

    private final Map<Long, Schema> byFingerprint;

    private KnownSchemas(Map<Long, Schema> byFingerprint) {
        this.byFingerprint = byFingerprint;
    }

    private static KnownSchemas load() {
        Map<Long, Schema> known = new LinkedHashMap<>();
        CURRENT.forEach(s -> known.put(fingerprint(s), s));
        for (String release : RELEASES) {
            for (Schema current : CURRENT) {
                Schema released = read("/schemas/released/" + release + "/" + current.getName() + ".avsc");
                known.putIfAbsent(fingerprint(released), released);
            }
        }
        return new KnownSchemas(known);
    }

    /** The schema as its file has it: without what Avro's compiler adds for Java. */
    static Schema published(Schema current) {
        return read("/schemas/" + current.getName() + ".avsc");
    }

    private static Schema read(String resource) {
        try (InputStream in = KnownSchemas.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program's jar lacks " + resource + ": build it again");
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    /** CRC-64-AVRO of the parsing canonical form. */
    static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    /** The schema of that fingerprint, or null. */
    Schema find(long fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    Map<Long, Schema> all() {
        return byFingerprint;
    }

    static String hex(long fingerprint) {
        return "%016x".formatted(fingerprint);
    }

    @Override
    public String toString() {
        return byFingerprint.entrySet().stream().map(e -> e.getValue().getName() + " " + hex(e.getKey()))
                .collect(Collectors.joining(", "));
    }
}
