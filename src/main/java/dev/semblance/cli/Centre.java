package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.record.ModelMean;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the mean that {@code detect.centre} names: from a manifest alone, since a detect process needs no model. */
final class Centre {

    private static final Logger LOG = LoggerFactory.getLogger(Centre.class);

    private Centre() {}

    /**
     * The configuration with the mean, where there is one.
     *
     * @throws RuntimeException where a manifest is named that cannot be read, or states no mean
     */
    static Config of(Config config) {
        String from = config.detect().centre();
        return switch (from) {
            case "none" -> config;
            case "auto" -> ofModel(config);
            default -> config.withMean(named(from, ModelBundle.manifest(Path.of(from))));
        };
    }

    private static ModelMean named(String from, Manifest manifest) {
        if (manifest.mean().isEmpty()) {
            throw new CommandFailure("detect.centre=" + from + ": the manifest of " + manifest.id()
                    + " states no mean; import the model with semblance model import, or set detect.centre=none");
        }
        return new ModelMean(manifest.id(), manifest.mean());
    }

    private static Config ofModel(Config config) {
        Path folder = config.model().folder();
        if (folder == null) {
            // The built-in model spreads its vectors: it has no mean to speak of.
            return config;
        }
        if (!Files.isDirectory(folder)) {
            // Who embeds will hear of it from the model itself.
            LOG.info(
                    "detect.centre=auto: model={} is not on this machine, so no mean is taken out of its vectors; name a"
                            + " copy of its manifest.json in detect.centre if too many pairs pass the sign codes",
                    folder);
            return config;
        }
        Manifest manifest = ModelBundle.manifest(folder);
        return manifest.mean().isEmpty() ? config : config.withMean(named("auto", manifest));
    }
}
