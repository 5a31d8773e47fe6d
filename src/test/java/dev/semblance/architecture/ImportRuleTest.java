package dev.semblance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which room may import which, and which libraries stay in which room. The table is the rule. */
class ImportRuleTest {

    private static final String ROOT = "dev.semblance.";

    private static final Set<String> ALL = Set.of("record", "config", "metrics", "vector", "text", "batch", "model",
            "codec", "infer", "window", "slots", "ingest", "embed", "route", "watch", "detect", "topology", "serve",
            "local", "cli", "bench", "eval", "avro");

    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(Map.entry("record", Set.of()),
            Map.entry("metrics", Set.of()), Map.entry("vector", Set.of()), Map.entry("avro", Set.of()),
            Map.entry("config", Set.of("record")), Map.entry("text", Set.of("record")),
            Map.entry("batch", Set.of("record")), Map.entry("slots", Set.of("record")),
            Map.entry("model", Set.of("record", "config")), Map.entry("codec", Set.of("record", "vector", "avro")),
            Map.entry("infer", Set.of("batch", "model", "record", "config", "metrics")),
            Map.entry("window", Set.of("vector", "record", "config", "metrics")),
            Map.entry("ingest", Set.of("codec", "record", "config")),
            Map.entry("embed",
                    Set.of("ingest", "text", "infer", "codec", "slots", "record", "config", "metrics")),
            Map.entry("route", Set.of("watch", "codec", "slots", "vector", "record", "config", "metrics")),
            Map.entry("watch", Set.of("text", "codec", "slots", "vector", "record", "config", "metrics")),
            Map.entry("detect",
                    Set.of("window", "text", "codec", "slots", "vector", "record", "config", "metrics")),
            Map.entry("topology", Set.of("slots", "embed", "route", "watch", "detect", "config", "record", "metrics")),
            Map.entry("serve", Set.of("config", "metrics")), Map.entry("local", Set.of("config")),
            Map.entry("cli", ALL), Map.entry("bench", ALL),
            Map.entry("eval", ALL.stream().filter(room -> !room.equals("cli")).collect(Collectors.toSet())));

    /** Library package prefix → the only rooms that may use it. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of("ai.onnxruntime", Set.of("infer.onnx"),
            "ai.djl", Set.of("text"), "dev.semblance.avro", Set.of("codec", "avro"), "org.apache.avro",
            Set.of("codec", "avro"), "jdk.incubator.vector", Set.of("vector"), "org.apache.kafka.streams",
            Set.of("slots", "embed", "route", "watch", "detect", "window", "topology", "metrics"), "picocli",
            Set.of("cli", "bench"),
            "com.sun.net.httpserver", Set.of("serve"));

    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.semblance");
    }

    @Test
    void eachRoomImportsOnlyWhatTheTableAllows() {
        Set<String> broken = new TreeSet<>();
        forEachDependency((from, to) -> {
            if (to.getPackageName().startsWith(ROOT)) {
                String fromRoom = room(from);
                String toRoom = room(to);
                if (!fromRoom.equals(toRoom) && !MAY_IMPORT.getOrDefault(fromRoom, Set.of()).contains(toRoom)) {
                    broken.add(fromRoom + " → " + toRoom + ": " + from.getName() + " uses " + to.getName());
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    /** Inside {@code model}: each part → the parts it may import. */
    private static final Map<String, Set<String>> PARTS_OF_MODEL = Map.of("model", Set.of(), "model.hub", Set.of(),
            "model.weights", Set.of("model"), "model.graph", Set.of("model", "model.weights"), "model.bundle",
            Set.of("model", "model.weights", "model.graph"), "model.imports",
            Set.of("model", "model.weights", "model.graph", "model.bundle"));

    @Test
    void partsOfModelImportInOneDirection() {
        Set<String> broken = new TreeSet<>();
        forEachDependency((from, to) -> {
            String fromPart = from.getPackageName().replace(ROOT, "");
            String toPart = to.getPackageName().replace(ROOT, "");
            if (PARTS_OF_MODEL.containsKey(toPart) && room(from).equals("model") && !fromPart.equals(toPart)
                    && !PARTS_OF_MODEL.getOrDefault(fromPart, Set.of()).contains(toPart)) {
                broken.add(fromPart + " → " + toPart + ": " + from.getName() + " uses " + to.getName());
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void librariesStayInTheirRooms() {
        Set<String> broken = new TreeSet<>();
        forEachDependency((from, to) -> LIBRARIES.forEach((prefix, rooms) -> {
            String place = from.getPackageName().substring(ROOT.length());
            boolean allowed = rooms.stream().anyMatch(r -> place.equals(r) || place.startsWith(r + "."));
            if ((to.getPackageName() + ".").startsWith(prefix + ".") && !allowed) {
                broken.add(from.getName() + " uses " + to.getName());
            }
        }));
        assertThat(broken).isEmpty();
    }

    @Test
    void everyRoomIsInTheTableAndSaysWhatItOwns() {
        Set<String> rooms = classes.stream().map(ImportRuleTest::room).collect(Collectors.toCollection(TreeSet::new));
        assertThat(MAY_IMPORT.keySet()).containsAll(rooms);
        for (String room : rooms) {
            if (!room.equals("avro")) {
                assertThat(classes.contain(ROOT + room + ".package-info") || hasPackageInfoSource(room))
                        .as("src/main/java/dev/semblance/%s/package-info.java", room).isTrue();
            }
        }
    }

    private static boolean hasPackageInfoSource(String room) {
        return java.nio.file.Files
                .exists(java.nio.file.Path.of("src/main/java/dev/semblance", room, "package-info.java"));
    }

    private interface Check {
        void accept(JavaClass from, JavaClass to);
    }

    private static void forEachDependency(Check check) {
        for (JavaClass from : classes) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                check.accept(from, dependency.getTargetClass());
            }
        }
    }

    private static String room(JavaClass type) {
        String rest = type.getPackageName().substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
