package dev.semblance.model.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The tiny models among the test resources (src/test/resources/tiny/README.md). */
final class TinyFolder {

    private TinyFolder() {}

    static Path of(String name) {
        URL url = Objects.requireNonNull(TinyFolder.class.getResource("/tiny/" + name), "/tiny/" + name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
