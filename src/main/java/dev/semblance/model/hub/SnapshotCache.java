package dev.semblance.model.hub;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The cache folder of one repository: {@code COMMIT/} with its files, {@code COMMIT.json} with its listing, and
 * {@code refs/REVISION} with the commit that a branch or tag stood for when it was last asked for.
 */
final class SnapshotCache {

    private final Path root;

    SnapshotCache(Path cache, RepositoryName repository) {
        this.root = cache.resolve(repository.folderName());
    }

    Path folder(String commit) {
        return root.resolve(commit);
    }

    /** Keeps what the hub has said, for use without it. */
    void remember(String revision, Listing listing) {
        try {
            Files.createDirectories(folder(listing.commit()));
            replace(root.resolve(listing.commit() + ".json"), listing.toJson());
            Path ref = ref(revision);
            Files.createDirectories(ref.getParent());
            replace(ref, listing.commit().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** As last remembered; empty where this revision was never asked for. */
    Optional<Listing> listing(String revision) {
        try {
            String commit = revision;
            if (Files.isRegularFile(ref(revision))) {
                commit = Files.readString(ref(revision), StandardCharsets.US_ASCII).strip();
            }
            Path file = commit.matches("[0-9a-f]{40}") ? root.resolve(commit + ".json") : null;
            return file == null || !Files.isRegularFile(file) ? Optional.empty() : Optional.of(parsed(file));
        } catch (IOException e) {
            throw new HubException(root + ": cannot be read: " + e + "; check its permissions", e);
        }
    }

    private static Listing parsed(Path file) throws IOException {
        try {
            return Listing.parse(file.toString(), Files.readAllBytes(file));
        } catch (HubException e) {
            throw new HubException(file + ": is damaged; delete it and run once without --offline", e);
        }
    }

    /** Held while files of a commit are written. */
    Lock lock(String commit) {
        Path file = root.resolve(commit + ".lock");
        try {
            Files.createDirectories(root);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // Held by another thread of this process: the same as held by another process.
            }
            if (lock == null) {
                channel.close();
                throw new HubException(file + ": another import is downloading this model; wait until it is done");
            }
            return channel::close;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Closing releases it. */
    interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private Path ref(String revision) {
        return root.resolve("refs").resolve(URLEncoder.encode(revision, StandardCharsets.UTF_8));
    }

    private static void replace(Path file, byte[] content) throws IOException {
        // A name of its own, for another import may be writing the same.
        Path fresh = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new");
        try {
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private HubException unwritable(IOException e) {
        return new HubException(root + ": cannot be written: " + e
                + "; check its permissions and the space left, or give another folder with --cache", e);
    }
}
