package dev.semblance.model.imports;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Copies of the tiny models, to be damaged. */
final class TinySource {

    private static final Path TINY = Path.of("src", "test", "resources", "tiny");

    private TinySource() {}

    /** Everything but {@code expected.json}. */
    static void copy(String model, Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(TINY.resolve(model))) {
            files = tree.filter(Files::isRegularFile).filter(f -> !f.endsWith("expected.json")).toList();
        }
        for (Path file : files) {
            Path to = folder.resolve(TINY.resolve(model).relativize(file).toString());
            Files.createDirectories(to.getParent());
            Files.copy(file, to);
        }
    }

    static void edit(Path json, Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = (ObjectNode) new ObjectMapper().readTree(json.toFile());
        change.accept(root);
        Files.writeString(json, root.toString());
    }
}
