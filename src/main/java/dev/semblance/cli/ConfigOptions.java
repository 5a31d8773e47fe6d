package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of every command that needs a configuration: defaults, then file, then environment, then options. */
public final class ConfigOptions {

    private final Map<String, String> environment;

    @Option(names = {"-c", "--config"}, paramLabel = "FILE", description = "Configuration file (.properties).")
    private Path file;

    @Option(names = "-o", paramLabel = "KEY=VALUE", description = "Set one key; may be repeated. "
            + "`semblance config print` lists all.")
    private List<String> assignments = new ArrayList<>();

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Kafka brokers.")
    private String bootstrapServers;

    @Option(names = "--model", paramLabel = "MODEL", description = "'embedded', or the folder of a model.")
    private String model;

    ConfigOptions(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Raw values, so that a command can set more before they are checked. */
    public ConfigSource source() {
        ConfigSource source = new ConfigSource();
        if (file != null) {
            source.withFile(file);
        }
        source.withEnvironment(environment);
        assignments.forEach(source::withOption);
        if (bootstrapServers != null) {
            source.with(ConfigKey.BOOTSTRAP_SERVERS, bootstrapServers);
        }
        if (model != null) {
            source.with(ConfigKey.MODEL, model);
        }
        return source;
    }

    /** The checked whole. */
    public Config config() {
        return source().build();
    }
}
