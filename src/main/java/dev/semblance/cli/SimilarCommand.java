package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.vector.VectorKernels;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance similar}: the cosine of two texts, or of the lines of two files. */
@Command(name = "similar", description = {"Print the cosine of two texts, with four decimals.",
        "With --files, A and B are files of texts (plain or JSON lines, may be gzipped; - for standard input): one cosine"
                + " for each pair of lines, or a matrix."})
final class SimilarCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(index = "0", paramLabel = "A")
    private String first;

    @Parameters(index = "1", paramLabel = "B")
    private String second;

    @Option(names = "--files",
            description = "A and B are files: compare line 1 with line 1, line 2 with line 2, …; nan "
                    + "where a line is blank.")
    private boolean files;

    @Option(names = "--matrix", description = "With --files: compare every line of A (rows) with every line of B "
            + "(columns).")
    private boolean matrix;

    @Option(names = "--format", description = "With --files: ${COMPLETION-CANDIDATES} (default: tsv).")
    private CosineFormat format;

    @Option(names = "--out", paramLabel = "FILE",
            description = "With --files: write here instead of standard output, once all is there.")
    private Path out;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Truncate texts to N tokens "
            + "(default: as the model says).")
    private Integer maxTokens;

    private final OutputStream stdout;

    /** @param stdout where cosines of files go; not closed here */
    SimilarCommand(OutputStream stdout) {
        this.stdout = stdout;
    }

    @Override
    public Integer call() throws IOException {
        requireUsable();
        ConfigSource source = options.source();
        if (maxTokens != null) {
            source.with(ConfigKey.MODEL_MAX_TOKENS, maxTokens);
        }
        Config config = source.build();
        try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry());
                Console console = new Console(spec)) {
            return files ? compareFiles(config, model.steps(), console) : compareTexts(model.steps(), console);
        }
    }

    private int compareTexts(EmbeddingSteps steps, Console console) {
        CompletableFuture<float[]> a = steps.submit(first).vector();
        CompletableFuture<float[]> b = steps.submit(second).vector();
        console.print(String.format(Locale.ROOT, "%.4f", VectorKernels.cosine(a.join(), b.join())));
        return Semblance.OK;
    }

    private int compareFiles(Config config, EmbeddingSteps steps, Console console) throws IOException {
        console.startProgress(matrix ? "lines" : "pairs", -1);
        SimilarFiles similar = new SimilarFiles(config, steps, console);
        long rejected;
        if (out == null) {
            rejected = compare(similar, stdout);
        } else {
            try (OutputFile file = OutputFile.open(out)) {
                rejected = compare(similar, file.stream());
                file.keep();
            }
        }
        return rejected == 0 ? Semblance.OK : Semblance.FAILURE;
    }

    private long compare(SimilarFiles similar, OutputStream target) throws IOException {
        CosineFormat rows = format == null ? CosineFormat.tsv : format;
        return matrix ? similar.matrix(first, second, target, rows) : similar.pairs(first, second, target, rows);
    }

    private void requireUsable() throws IOException {
        if (!files) {
            requireFilesFor("--matrix", matrix);
            requireFilesFor("--format", format != null);
            requireFilesFor("--out", out != null);
            requireText("A", first);
            requireText("B", second);
            return;
        }
        if (first.equals("-") && second.equals("-")) {
            throw new ParameterException(spec.commandLine(), "A and B are both -: standard input can be read once");
        }
        requireFile(first);
        requireFile(second);
        OutputFile.requireOther(out, List.of(first, second));
    }

    private void requireFilesFor(String option, boolean given) {
        if (given) {
            throw new ParameterException(spec.commandLine(), option + " needs --files");
        }
    }

    /** Before the model is loaded, and before the other file is read. */
    private static void requireFile(String file) throws FileNotFoundException {
        if (!file.equals("-") && !Files.exists(Path.of(file))) {
            throw new FileNotFoundException(file + " does not exist");
        }
    }

    private static void requireText(String name, String text) {
        if (text.isBlank()) {
            throw new CommandFailure(name + " is empty or white space only: nothing to compare");
        }
    }
}
