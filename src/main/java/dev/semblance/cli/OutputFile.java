package dev.semblance.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.List;
import java.util.UUID;

/**
 * The file of {@code --out}. Nothing of it can be seen before the result is whole: written beside it and moved there, so
 * that a command that fails leaves an earlier result as it was. What is there already and is no plain file, such as a
 * pipe or {@code /dev/null}, is written to directly.
 *
 * <p>Thread: one.
 */
final class OutputFile implements AutoCloseable {

    private static final String STDIN = "-";

    private final Path target;
    /** Null where the target is written to directly. */
    private final Path partial;
    private final OutputStream stream;
    private boolean kept;

    private OutputFile(Path target, Path partial, OutputStream stream) {
        this.target = target;
        this.partial = partial;
        this.stream = stream;
    }

    /**
     * Refuses before anything is computed.
     *
     * @param inputs files that are read, {@code -} for standard input
     * @throws CommandFailure where {@code out} is one of them or a folder
     */
    static void requireOther(Path out, List<String> inputs) throws IOException {
        if (out == null) {
            return;
        }
        if (Files.isDirectory(out)) {
            throw new CommandFailure("--out " + out + ": is a folder; name a file");
        }
        for (String input : inputs) {
            if (!input.equals(STDIN) && isSame(out, input)) {
                throw new CommandFailure("--out " + out + ": is the input " + input
                        + ", which would be lost; name another file");
            }
        }
    }

    private static boolean isSame(Path out, String input) throws IOException {
        try {
            return Files.isRegularFile(out) && Files.exists(Path.of(input)) && Files.isSameFile(out, Path.of(input));
        } catch (InvalidPathException e) {
            // Not a file at all: whoever opens the input says so.
            return false;
        }
    }

    /** @throws CommandFailure where the folder is missing or cannot be written to */
    static OutputFile open(Path out) throws IOException {
        try {
            return create(out);
        } catch (FileSystemException e) {
            throw new CommandFailure("--out " + out + ": cannot be written ("
                    + e.getClass().getSimpleName().replace("Exception", "") + " " + e.getFile() + ")", e);
        }
    }

    private static OutputFile create(Path out) throws IOException {
        if (Files.exists(out) && !Files.isRegularFile(out)) {
            return new OutputFile(out, null, new BufferedOutputStream(Files.newOutputStream(out)));
        }
        // Through links: what they lead to is replaced, not the link.
        Path target = Files.exists(out) ? out.toRealPath() : out.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".partial");
        OutputStream stream = Files.newOutputStream(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // Ends with the process that is told to stop, too.
        partial.toFile().deleteOnExit();
        return new OutputFile(target, partial, new BufferedOutputStream(stream));
    }

    OutputStream stream() {
        return stream;
    }

    /** The result is whole: to be called once, after the last byte. */
    void keep() throws IOException {
        stream.close();
        if (partial != null) {
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                takeOverPermissions();
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        }
        kept = true;
    }

    private void takeOverPermissions() throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(partial, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(Files.getPosixFilePermissions(target));
        }
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            try (OutputStream _ = stream) {
                // Only to be closed: what is in it is of no use.
            } finally {
                if (partial != null) {
                    Files.deleteIfExists(partial);
                }
            }
        }
    }
}
