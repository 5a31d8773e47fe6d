package dev.semblance.model.hub;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A repository's files at one commit, all there and verified.
 *
 * @param commit 40 hexadecimal digits
 * @param folder with the files at their paths
 * @param files  by path
 */
public record Snapshot(RepositoryName repository, String commit, Path folder, SortedMap<String, Fetched> files) {

    /** @param sha256 of the content found, lower-case hexadecimal */
    public record Fetched(String sha256, long sizeBytes) {}

    public Snapshot {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }
}
