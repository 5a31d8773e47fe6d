package dev.semblance.model.imports;

import dev.semblance.config.Config;
import dev.semblance.model.ModelException;
import dev.semblance.model.bundle.Manifest.Graph;
import dev.semblance.model.bundle.ModelBundle;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder that appears whole or not at all: it is written as {@code .NAME.importing} beside its place and moved at the
 * end. What a killed import left behind is removed by the next one.
 *
 * <p>
 * Thread: one owner.
 */
final class BundleFolder implements AutoCloseable {

    private static final int NAMED = 5;

    static final String MANIFEST = "manifest.json";

    private final Path target;
    private final Path fresh;
    private final Path replaced;
    private final FileChannel lock;

    private BundleFolder(Path target, FileChannel lock) {
        this.target = target;
        this.fresh = beside(target, ".importing");
        this.replaced = beside(target, ".replaced");
        this.lock = lock;
    }

    private static Path beside(Path target, String suffix) {
        return target.resolveSibling("." + target.getFileName() + suffix);
    }

    /**
     * Checks the place, and makes the folder to write into.
     *
     * @param force whether a bundle that is there may be replaced
     */
    static BundleFolder open(Path place, boolean force) {
        Path target = place.toAbsolutePath().normalize();
        if (target.getFileName() == null) {
            throw new ModelException(place + ": is no place for a model; name a folder that does not exist yet");
        }
        try {
            Files.createDirectories(target.getParent());
            BundleFolder folder = new BundleFolder(target, locked(target, beside(target, ".importing.lock")));
            try {
                folder.clean();
                requireFree(place, target, force);
                Files.createDirectory(folder.fresh);
                return folder;
            } catch (IOException | RuntimeException e) {
                folder.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ModelException(target + ": cannot be written: " + e + "; give another folder with --to", e);
        }
    }

    /** Before anything is fetched, so that nobody waits for a download in vain. */
    static void requireFree(Path place, boolean force) {
        requireFree(place, place.toAbsolutePath().normalize(), force);
    }

    private static void requireFree(Path place, Path target, boolean force) {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isRegularFile(target.resolve(MANIFEST))) {
            throw new ModelException(place + ": exists and is no model; give another folder with --to");
        }
        if (!force) {
            throw new ModelException(place + ": holds a model already; give another folder with --to, or --force to"
                    + " replace it");
        }
        requireOnlyAModel(place, target);
    }

    /** Replacing deletes the folder: it must be a bundle, and hold nothing besides. */
    private static void requireOnlyAModel(Path place, Path target) {
        Set<String> known = new TreeSet<>(Set.of(MANIFEST, TokenizerFile.NAME));
        try (Stream<Path> files = Files.list(target)) {
            for (Graph graph : ModelBundle.open(new Config.Model(target, 0, false, "auto")).manifest().graphs()) {
                known.add(graph.file());
                known.add(graph.dataFile());
            }
            List<String> others = files.map(f -> f.getFileName().toString()).filter(n -> !known.contains(n)).sorted()
                    .toList();
            if (!others.isEmpty()) {
                throw new ModelException("--force: " + place + " holds more than a model: "
                        + String.join(", ", others.subList(0, Math.min(NAMED, others.size())))
                        + "; move it away, or give another folder with --to");
            }
        } catch (IOException e) {
            throw new ModelException(target + ": cannot be read: " + e + "; check its permissions", e);
        }
    }

    private static FileChannel locked(Path target, Path lockFile) throws IOException {
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by another thread of this process: the same as held by another process.
        }
        if (lock == null) {
            channel.close();
            throw new ModelException(target + ": another import is writing there; wait until it is done");
        }
        return channel;
    }

    /** Where the bundle is written. */
    Path path() {
        return fresh;
    }

    /** From here on it is there for everybody. */
    void publish() {
        try {
            if (Files.exists(target)) {
                Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                restore();
                throw e;
            }
            delete(replaced);
        } catch (IOException e) {
            throw new ModelException(target + ": cannot be written: " + e + "; give another folder with --to", e);
        }
    }

    /** After a kill: what was being written goes, what was being replaced comes back. */
    private void clean() throws IOException {
        delete(fresh);
        restore();
        delete(replaced);
    }

    private void restore() throws IOException {
        if (Files.exists(replaced) && !Files.exists(target)) {
            Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Removes whatever was not published. */
    @Override
    public void close() {
        try {
            delete(fresh);
            // The file stays: whoever opened it before it was deleted would lock another one than who comes after.
            lock.close();
        } catch (IOException e) {
            throw new ModelException(fresh + ": cannot be removed: " + e + "; delete it", e);
        }
    }
}
