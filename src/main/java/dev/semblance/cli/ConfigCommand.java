package dev.semblance.cli;

import dev.semblance.config.ConfigListing;
import dev.semblance.config.ConfigSource;
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

    @Spec
    private CommandSpec spec;

    @Command(name = "print", description = "Print every key with meaning, origin and value, as a file that can be"
            + " fed back with --config.")
    int print(@Mixin ConfigOptions options, @Option(names = "--secrets", description = "Print passwords and the like"
            + " too.") boolean secrets) {
        ConfigSource source = options.source();
        spec.commandLine().getOut().print(ConfigListing.properties(source, secrets));
        spec.commandLine().getOut().flush();
        source.build();
        return Semblance.OK;
    }

    @Command(name = "check", description = "Check a file without starting anything.")
    int check(@Parameters(paramLabel = "FILE", description = "A .properties file.") Path file) {
        new ConfigSource().withFile(file).build();
        spec.commandLine().getOut().println(file + ": fine");
        return Semblance.OK;
    }
}
