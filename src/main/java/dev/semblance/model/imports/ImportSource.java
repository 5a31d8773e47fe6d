package dev.semblance.model.imports;

import java.nio.file.Path;

/**
 * Where a model comes from.
 *
 * @param folder     with the files
 * @param repository {@code owner/name}, or null for a folder of the user's
 * @param revision   commit of the repository, or null
 */
public record ImportSource(Path folder, String repository, String revision) {

    public static ImportSource of(Path folder) {
        return new ImportSource(folder, null, null);
    }

    /** The model's name where none is stated. */
    String defaultId() {
        return repository == null ? folder.toAbsolutePath().normalize().getFileName().toString() : repository;
    }
}
