package dev.semblance.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Settings that the tokenizer library reads once, when its classes load. Without them it asks the network: a cloud's
 * metadata address, a usage counter, and on machines with CUDA a download of another build of itself.
 */
final class NativeTokenizers {

    private static final String CACHE_PROPERTY = "ENGINE_CACHE_DIR";

    private static boolean prepared;

    private NativeTokenizers() {}

    /** To be called before the library's first class is touched. */
    static synchronized void prepare() {
        if (prepared) {
            return;
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        if (System.getProperty(CACHE_PROPERTY) == null) {
            System.setProperty(CACHE_PROPERTY, cacheFolder().toString());
        }
        // The library looks for CUDA through JNA, which would leave a folder of its own under the home folder.
        if (System.getProperty("jna.tmpdir") == null) {
            System.setProperty("jna.tmpdir", System.getProperty(CACHE_PROPERTY));
        }
        prepared = true;
    }

    /** Owned by the user, since native code is loaded from it: the home folder, or a fresh one where that is read-only. */
    private static Path cacheFolder() {
        Path home = Path.of(System.getProperty("user.home", ""));
        try {
            if (home.isAbsolute() && Files.isWritable(home)) {
                return Files.createDirectories(home.resolve(".cache").resolve("semblance").resolve("tokenizers"));
            }
            Path fresh = Files.createTempDirectory("semblance-tokenizers-");
            fresh.toFile().deleteOnExit();
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException("No folder for the tokenizer's native library under " + home + " or "
                    + System.getProperty("java.io.tmpdir") + "; make one of them writable or set -D" + CACHE_PROPERTY,
                    e);
        }
    }
}
