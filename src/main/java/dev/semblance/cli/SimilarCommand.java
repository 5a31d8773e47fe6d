package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.vector.VectorKernels;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance similar}: the cosine of two texts. */
@Command(name = "similar", description = "Print the cosine of two texts, with four decimals.")
final class SimilarCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(index = "0", paramLabel = "A")
    private String first;

    @Parameters(index = "1", paramLabel = "B")
    private String second;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Truncate texts to N tokens "
            + "(default: as the model says).")
    private Integer maxTokens;

    @Override
    public Integer call() {
        requireText("A", first);
        requireText("B", second);
        ConfigSource source = options.source();
        if (maxTokens != null) {
            source.with(ConfigKey.MODEL_MAX_TOKENS, maxTokens);
        }
        Config config = source.build();
        try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry());
                Console console = new Console(spec)) {
            EmbeddingSteps steps = model.steps();
            CompletableFuture<float[]> a = steps.submit(first).vector();
            CompletableFuture<float[]> b = steps.submit(second).vector();
            console.print(String.format(Locale.ROOT, "%.4f", VectorKernels.cosine(a.join(), b.join())));
            return 0;
        }
    }

    private static void requireText(String name, String text) {
        if (text.isBlank()) {
            throw new CommandFailure(name + " is empty or white space only: nothing to compare");
        }
    }
}
