package dev.semblance.cli;

import dev.semblance.infer.onnx.OnnxGraphRunner;
import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.Pooling;
import dev.semblance.model.hub.HubRepository;
import dev.semblance.model.hub.HubSettings;
import dev.semblance.model.hub.Patience;
import dev.semblance.model.hub.RepositoryName;
import dev.semblance.model.hub.Snapshot;
import dev.semblance.model.imports.ImportOptions;
import dev.semblance.model.imports.ImportResult;
import dev.semblance.model.imports.ImportSource;
import dev.semblance.model.imports.ModelImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance model import}: a sentence encoder of the BERT family → a model that can be run. */
@Command(name = "import", description = {
        "Make a model out of a Hugging Face repository or a folder with its files, without Python.",
        "BERT, RoBERTa, XLM-R, CamemBERT and DistilBERT; sentence-transformers models with cls or mean pooling."},
        footer = {"", "Environment: HF_ENDPOINT (another hub or a mirror), HF_TOKEN (for private and gated models).",
                "Example: semblance model import sap-ai-research/miCSE"})
final class ModelImportCommand implements Callable<Integer> {

    static final Path MODELS = Path.of("models");

    /** Ways of pooling that can be stated. */
    enum PoolingOption {
        cls,
        mean
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SOURCE", description = "OWNER/NAME or OWNER/NAME@REVISION of a repository, or a folder.")
    private String source;

    @Option(names = "--to", paramLabel = "FOLDER", description = "Where the model goes"
            + " (default: models/OWNER--NAME).")
    private Path to;

    @Option(names = "--pooling", description = "${COMPLETION-CANDIDATES}: how token vectors become one, where the model"
            + " does not say.")
    private PoolingOption pooling;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Truncate texts to N tokens (default: as the model"
            + " says).")
    private int maxTokens;

    @Option(names = "--id", paramLabel = "ID", description = "The model's name in records (default: OWNER/NAME, or the"
            + " folder's name).")
    private String id;

    @Option(names = "--revision", paramLabel = "REVISION", description = "Branch, tag or commit (default: main).")
    private String revision;

    @Option(names = "--variants", paramLabel = "NAMES", split = ",", description = "Graphs to write, by comma"
            + " (default: all).")
    private List<String> variants = new ArrayList<>();

    @Option(names = "--offline", description = "Use what the cache holds, and no network.")
    private boolean offline;

    @Option(names = "--force", description = "Replace a model that is there.")
    private boolean force;

    @Option(names = "--cache", paramLabel = "FOLDER", description = "Where downloads are kept"
            + " (default: ~/.cache/semblance/hub).")
    private Path cache;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Read the hub's token from a file instead of"
            + " HF_TOKEN.")
    private Path tokenFile;

    private final Map<String, String> environment;

    ModelImportCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        ImportOptions options = new ImportOptions(id, pooling == null
                ? null
                : Pooling.valueOf(pooling.name().toUpperCase(Locale.ROOT)), stated(maxTokens), variants, force);
        try (Console console = new Console(spec)) {
            boolean folder = Files.isDirectory(Path.of(source));
            RepositoryName repository = folder ? null : repository();
            Path target = target(repository);
            ModelImport.requireFree(target, options);
            ImportSource files = folder ? fromFolder(console) : fromHub(repository, console);
            ImportResult result = new ModelImport(new OnnxGraphRunner(), new OnnxRanges(), ModelTools::tokenizer,
                    console::note)
                    .run(files, options, target);
            report(result, target, console);
            return Semblance.OK;
        }
    }

    /** Zero stands for "not stated" further on, so it cannot be a value. */
    private int stated(int tokens) {
        if (tokens < 1 && spec.commandLine().getParseResult().hasMatchedOption("--max-tokens")) {
            throw new CommandFailure("--max-tokens " + tokens + ": expected a number above 0");
        }
        return tokens;
    }

    private RepositoryName repository() {
        if (!RepositoryName.looksLikeOne(source)) {
            throw new CommandFailure(source + ": there is no such folder, and it is no repository, which is written"
                    + " OWNER/NAME");
        }
        RepositoryName name = RepositoryName.parse(source);
        if (revision == null) {
            return name;
        }
        if (source.contains("@") && !name.revision().equals(revision)) {
            throw new CommandFailure("--revision " + revision + ": SOURCE says @" + name.revision()
                    + "; leave one of them out");
        }
        return name.at(revision);
    }

    private Path target(RepositoryName repository) {
        if (to != null) {
            return to;
        }
        if (repository != null) {
            return MODELS.resolve(repository.folderName());
        }
        Path name = Path.of(source).toAbsolutePath().normalize().getFileName();
        if (name == null) {
            throw new CommandFailure(source + ": has no name that the model could have; say with --to where it goes");
        }
        return MODELS.resolve(name.toString());
    }

    private ImportSource fromFolder(Console console) {
        if (revision != null) {
            throw new CommandFailure("--revision " + revision + ": " + source + " is a folder, which has none");
        }
        if (RepositoryName.looksLikeOne(source)) {
            console.note(source + " is a folder here, so the hub is not asked");
        }
        return ImportSource.of(Path.of(source));
    }

    private ImportSource fromHub(RepositoryName repository, Console console) throws IOException {
        String stated = environment.getOrDefault("HF_ENDPOINT", "");
        String endpoint = stated.isBlank() ? HubSettings.PUBLIC.toString() : stated;
        Path folder = cache == null
                ? Path.of(System.getProperty("user.home"), ".cache", "semblance", "hub")
                : cache;
        HubSettings settings = new HubSettings(HubSettings.endpoint(endpoint), token(), folder, offline,
                Patience.USUAL);
        console.note((offline ? "looking for " : "fetching ") + repository
                + (offline ? " in " + folder : " from " + settings.endpoint()));
        DownloadBar bar = new DownloadBar(console);
        Snapshot snapshot = new HubRepository(settings, bar::update).fetch(repository);
        bar.close();
        console.note(repository.id() + " at " + snapshot.commit() + ", in " + snapshot.folder());
        return new ImportSource(snapshot.folder(), repository.id(), snapshot.commit());
    }

    private String token() {
        if (tokenFile != null) {
            return tokenOf(tokenFile);
        }
        return Stream.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN").map(name -> environment.getOrDefault(name, "").strip())
                .filter(token -> !token.isEmpty()).findFirst().orElse(null);
    }

    private static String tokenOf(Path file) {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new CommandFailure("--token-file " + file + ": cannot be read as text: " + e);
        }
        if (!HubSettings.isToken(token)) {
            throw new CommandFailure("--token-file " + file + ": expected the hub's token and nothing else, without"
                    + " blanks inside");
        }
        return token;
    }

    private static void report(ImportResult result, Path target, Console console) {
        console.print(String.format(Locale.ROOT, "%s: %s, %d dimensions, %s pooling, %d tokens", target, result.id(),
                result.dimension(), result.pooling().id(), result.maxTokens()));
        for (ImportResult.Graph graph : result.graphs()) {
            console.print(String.format(Locale.ROOT, "  %-18s %8.1f MB  %s", graph.name(), graph.sizeBytes() / 1e6,
                    graph.agreement() == null
                            ? "its operators fit together; it runs on CUDA only"
                            : graph.agreement().toString()));
        }
        console.print("Use it: semblance similar --model " + target + " 'a text' 'another text'");
    }
}
