package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;

/** The schemas as the world sees them. */
class SchemasTest {

    private static final Path SCHEMAS = Path.of("schemas");
    private static final List<String> NAMES = List.of("TextEvent", "Embedding", "Alert", "Watch", "WatchVector");

    @Test
    void everyTypeAndFieldSaysWhatItIs() throws IOException {
        for (String name : NAMES) {
            forEachType(parse(SCHEMAS.resolve(name + ".avsc")), type -> {
                assertThat(type.getDoc()).as("doc of %s", type.getFullName()).isNotBlank();
                assertThat(type.getNamespace()).as("namespace of %s", type.getName()).isEqualTo("dev.semblance.avro");
                if (type.getType() == Schema.Type.RECORD) {
                    type.getFields().forEach(f -> {
                        assertThat(f.doc()).as("doc of %s.%s", type.getName(), f.name()).isNotNull()
                                .hasSizeGreaterThan(15);
                        assertThat(f.name()).as("field of %s", type.getName()).matches("[a-z]+(_[a-z]+)*");
                    });
                }
            });
        }
    }

    @Test
    void nullableFieldsAreNullByDefault() throws IOException {
        for (String name : NAMES) {
            forEachType(parse(SCHEMAS.resolve(name + ".avsc")), type -> {
                if (type.getType() == Schema.Type.RECORD) {
                    type.getFields().stream().filter(f -> f.schema().isUnion()).forEach(f -> {
                        assertThat(f.schema().getTypes().getFirst().getType()).as(f.name()).isEqualTo(Schema.Type.NULL);
                        assertThat(f.hasDefaultValue()).as(f.name()).isTrue();
                    });
                }
            });
        }
    }

    /** Without it a reader could not stay behind when a symbol is added. */
    @Test
    void enumsHaveASymbolForWhatIsNewerThanTheReader() throws IOException {
        for (String name : NAMES) {
            forEachType(parse(SCHEMAS.resolve(name + ".avsc")), type -> {
                if (type.getType() == Schema.Type.ENUM) {
                    assertThat(type.getEnumDefault()).as(type.getName()).isEqualTo("UNKNOWN");
                }
            });
        }
    }

    /** Each file stands alone, so that a consumer needs one; the copies of a shared type must not drift apart. */
    @Test
    void sharedTypesAreTheSameInEveryFile() throws IOException {
        Map<String, String> seen = new HashMap<>();
        for (String name : NAMES) {
            forEachType(parse(SCHEMAS.resolve(name + ".avsc")), type -> {
                String previous = seen.putIfAbsent(type.getFullName(), type.toString());
                assertThat(type.toString()).as("%s in %s.avsc", type.getName(), name)
                        .isEqualTo(previous == null ? type.toString() : previous);
            });
        }
        assertThat(seen).containsKeys("dev.semblance.avro.Model", "dev.semblance.avro.VectorEncoding");
    }

    @Test
    void generatedClassesCarryTheFilesOnBoard() throws IOException {
        assertThat(KnownSchemas.CURRENT).extracting(Schema::getName).containsExactlyElementsOf(NAMES);
        for (Schema current : KnownSchemas.CURRENT) {
            Schema file = parse(SCHEMAS.resolve(current.getName() + ".avsc"));
            assertThat(KnownSchemas.fingerprint(current)).as(current.getName())
                    .isEqualTo(KnownSchemas.fingerprint(file));
        }
    }

    @Test
    void everyReleasedVersionIsOnBoard() throws IOException {
        try (Stream<Path> folders = Files.list(SCHEMAS.resolve("released"))) {
            assertThat(folders.map(f -> f.getFileName().toString()).sorted())
                    .containsExactlyElementsOf(KnownSchemas.RELEASES);
        }
        for (String release : KnownSchemas.RELEASES) {
            for (String name : NAMES) {
                Schema released = released(release, name);
                assertThat(KnownSchemas.ON_BOARD.find(KnownSchemas.fingerprint(released))).as("%s %s", release, name)
                        .isNotNull();
            }
        }
    }

    @Test
    void everyVersionReadsEveryOther() throws IOException {
        for (String name : NAMES) {
            List<Schema> versions = new ArrayList<>();
            for (String release : KnownSchemas.RELEASES) {
                versions.add(released(release, name));
            }
            versions.add(parse(SCHEMAS.resolve(name + ".avsc")));
            for (Schema reader : versions) {
                for (Schema writer : versions) {
                    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
                    assertThat(result.getType()).as("%s: %s", name, result.getDescription())
                            .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
                }
            }
        }
    }

    @Test
    void theFormatsPageNamesEveryField() throws IOException {
        String page = Files.readString(Path.of("docs/FORMATS.md"));
        for (Schema current : KnownSchemas.CURRENT) {
            assertThat(page).as("fingerprint of %s", current.getName())
                    .contains(KnownSchemas.hex(KnownSchemas.fingerprint(current)));
            forEachType(current, type -> {
                if (type.getType() == Schema.Type.RECORD) {
                    type.getFields().forEach(f -> assertThat(page).as("%s.%s", type.getName(), f.name())
                            .contains("`" + f.name() + "`"));
                }
            });
        }
    }

    private static Schema released(String release, String name) throws IOException {
        return parse(SCHEMAS.resolve("released").resolve(release).resolve(name + ".avsc"));
    }

    private static Schema parse(Path file) throws IOException {
        return new Schema.Parser().parse(file.toFile());
    }

    private static void forEachType(Schema schema, Consumer<Schema> visit) {
        switch (schema.getType()) {
            case RECORD -> {
                visit.accept(schema);
                schema.getFields().forEach(f -> forEachType(f.schema(), visit));
            }
            case ENUM, FIXED -> visit.accept(schema);
            case UNION -> schema.getTypes().forEach(s -> forEachType(s, visit));
            case ARRAY -> forEachType(schema.getElementType(), visit);
            case MAP -> forEachType(schema.getValueType(), visit);
            default -> {
                // Primitive.
            }
        }
    }
}
