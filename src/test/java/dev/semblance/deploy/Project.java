package dev.semblance.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of the repository. */
final class Project {

    /** Maven sets it for integration tests; unit tests run in the folder itself. */
    static final Path ROOT = Path.of(System.getProperty("semblance.project.dir", System.getProperty("user.dir")));

    private Project() {}

    static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    /** With anchors and merge keys resolved, which Jackson's YAML leaves as they are; a doubled key is an error. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> yaml(String file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return (Map<String, Object>) new Yaml(new SafeConstructor(options)).load(read(file));
    }
}
