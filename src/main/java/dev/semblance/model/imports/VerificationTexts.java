package dev.semblance.model.imports;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Short texts of many kinds, built in, on which graphs are compared. */
final class VerificationTexts {

    private static final String RESOURCE = "sentences.txt";

    private VerificationTexts() {}

    static List<String> all() {
        try (InputStream in = VerificationTexts.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException(RESOURCE + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the built-in sentences cannot be read", e);
        }
    }
}
