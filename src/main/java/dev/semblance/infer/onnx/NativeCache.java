package dev.semblance.infer.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Native libraries out of jars, unpacked once under the user's cache folder instead of at every start.
 *
 * <p>
 * Thread: stateless; processes that start at the same time do not disturb each other.
 */
final class NativeCache {

    private NativeCache() {}

    static Path folder(String name) {
        return Path.of(System.getProperty("user.home"), ".cache", "semblance", name);
    }

    static boolean has(String resource) {
        return NativeCache.class.getResource(resource) != null;
    }

    static long sizeBytes(String resource) throws IOException {
        return open(resource).getContentLengthLong();
    }

    /** Writes a resource of the class path into a folder unless it is there already. @return the file */
    static Path unpack(String resource, Path folder) throws IOException {
        Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        URLConnection packed = open(resource);
        if (Files.exists(file) && Files.size(file) == packed.getContentLengthLong()) {
            return file;
        }
        Files.createDirectories(folder);
        // Written aside and moved, so that a process that starts at the same time never sees half of it.
        Path part = Files.createTempFile(folder, file.getFileName().toString(), ".part");
        try (InputStream in = packed.getInputStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return file;
    }

    private static URLConnection open(String resource) throws IOException {
        URL url = NativeCache.class.getResource(resource);
        if (url == null) {
            throw new IOException(resource + " is not on the class path");
        }
        return url.openConnection();
    }
}
