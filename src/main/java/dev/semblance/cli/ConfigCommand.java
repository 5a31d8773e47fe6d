package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigListing;
import dev.semblance.config.ConfigSource;
import dev.semblance.window.VectorWindows;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What would be in force, and whether a file is right. */
@Command(name = "config", description = "Show or check the configuration.")
final class ConfigCommand {

    /** Of common models: the promise depends on the model's, which a detect process learns from its first vector. */
    private static final int[] PROMISED_DIMENSIONS = {384, 768, 1_024};

    @Spec
    private CommandSpec spec;

    @Command(name = "print", description = "Print every key with meaning, origin and value, as a file that can be"
            + " fed back with --config.")
    int print(@Mixin ConfigOptions options, @Option(names = "--secrets", description = "Print passwords and the like"
            + " too.") boolean secrets) {
        ConfigSource source = options.source();
        spec.commandLine().getOut().print(ConfigListing.properties(source, secrets));
        spec.commandLine().getOut().flush();
        Config config = Centre.of(source.build());
        // What follows from the values, as comments: the output can still be fed back.
        for (int dimension : PROMISED_DIMENSIONS) {
            spec.commandLine().getOut().println("# " + VectorWindows.promise(config.detect(), dimension));
        }
        VectorWindows.promise(config.detect())
                .ifPresent(promise -> spec.commandLine().getOut().println("# " + promise));
        spec.commandLine().getOut().flush();
        return Semblance.OK;
    }

    @Command(name = "check", description = "Check a file without starting anything.")
    int check(@Parameters(paramLabel = "FILE", description = "A .properties file.") Path file) {
        Config config = Centre.of(new ConfigSource().withFile(file).build());
        if (config.detect().shards() > 1 && config.detect().refresh()) {
            spec.commandLine().getOut().println(file + ": refresh=true with window.shards=" + config.detect().shards()
                    + ": a copy keeps its original alive from when it has been decided and counted, one to three commits"
                    + " of " + config.kafka().commitInterval().toMillis() + " ms after its place in the order; an event"
                    + " in between may miss the original");
        }
        spec.commandLine().getOut().println(file + ": fine");
        return Semblance.OK;
    }
}
