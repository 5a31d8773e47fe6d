package dev.semblance.cli;

import dev.semblance.config.Config;
import java.nio.file.Path;

/** MODEL as people write it: {@code embedded} or a folder. */
final class ModelFolderArgument {

    private ModelFolderArgument() {}

    /** Null for the embedded one. */
    static Path parse(String model) {
        return model.equals("embedded") ? null : Path.of(model);
    }

    static Config.Model config(String model) {
        return new Config.Model(parse(model), 0, false, "auto");
    }
}
