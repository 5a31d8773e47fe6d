package dev.semblance.model.hub;

/** Told as bytes arrive, on the caller's thread. */
@FunctionalInterface
public interface DownloadProgress {

    /** @param totalBytes of all files; may grow once, when an index of shards has been read */
    void update(String file, long doneBytes, long totalBytes);
}
