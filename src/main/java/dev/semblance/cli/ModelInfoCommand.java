package dev.semblance.cli;

import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelBundle;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance model info}: what a model says of itself. */
@Command(name = "info", description = "Show what a model says of itself.")
final class ModelInfoCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "'embedded', or the folder of a model.")
    private String model;

    @Override
    public Integer call() {
        Manifest manifest = ModelBundle.open(ModelFolderArgument.config(model)).manifest();
        try (Console console = new Console(spec)) {
            console.print("id             " + manifest.id());
            console.print("source         " + (manifest.source().isEmpty() ? "not stated" : manifest.source()));
            console.print("dimension      " + manifest.dimension());
            console.print("pooling        " + manifest.pooling().id());
            console.print("normalised     " + manifest.normalised());
            console.print("max tokens     " + manifest.maxTokens());
            console.print("preprocessing  " + manifest.preprocessing());
            console.print("pad token id   " + manifest.padTokenId());
            console.print("mean vector    " + (manifest.mean().isEmpty() ? "not stated" : norm(manifest)));
            for (Manifest.Graph graph : manifest.graphs()) {
                console.print("variant        " + graph.name() + ": " + graph.file() + ", " + graph.precision() + ", "
                        + (graph.deterministic() ? "deterministic" : "not deterministic")
                        + (graph.sha256() == null ? "" : ", sha256 " + graph.sha256()));
            }
            return Semblance.OK;
        }
    }

    /** The squared norm of the mean of unit vectors is the mean cosine of two of them. */
    private static String norm(Manifest manifest) {
        double square = manifest.mean().stream().mapToDouble(x -> (double) x * x).sum();
        return String.format(java.util.Locale.ROOT, "mean cosine of the built-in texts %.3f", square);
    }
}
