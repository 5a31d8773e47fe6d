package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.model.ModelException;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code semblance model list}: the embedded model, and those of a folder. */
@Command(name = "list", description = "List the models that can be used: the embedded one, and those of a folder.")
final class ModelListCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--in", paramLabel = "FOLDER", description = "Folder of models (default: models).")
    private Path in = ModelImportCommand.MODELS;

    @Override
    public Integer call() throws IOException {
        try (Console console = new Console(spec)) {
            line(console, "embedded", null);
            for (Path folder : folders()) {
                try {
                    line(console, folder.toString(), folder);
                } catch (ModelException e) {
                    console.note("semblance: " + e.getMessage());
                }
            }
            return Semblance.OK;
        }
    }

    private List<Path> folders() throws IOException {
        if (!Files.isDirectory(in)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(in)) {
            return children.filter(f -> !f.getFileName().toString().startsWith("."))
                    .filter(f -> Files.isRegularFile(f.resolve("manifest.json"))).sorted().toList();
        }
    }

    private static void line(Console console, String name, Path folder) {
        Manifest manifest = ModelBundle.open(new Config.Model(folder, 0, false, "auto")).manifest();
        console.print(String.format(Locale.ROOT, "%-32s %s, %d dimensions, %s pooling, %d tokens: %s", name,
                manifest.id(), manifest.dimension(), manifest.pooling().id(), manifest.maxTokens(),
                manifest.graphs().stream().map(Manifest.Graph::name).collect(Collectors.joining(", "))));
    }
}
