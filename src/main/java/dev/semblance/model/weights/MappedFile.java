package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import dev.semblance.model.StandIns;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file as memory, whatever its size.
 *
 * <p>
 * Thread: one owner closes it; any may read before that.
 */
final class MappedFile implements AutoCloseable {

    private final Arena arena;
    private final MemorySegment bytes;

    @SuppressWarnings("MustBeClosedChecker") // closed by close(), or here
    private MappedFile(FileChannel channel) throws IOException {
        arena = Arena.ofShared();
        try {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    static MappedFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelException(
                    file + ": " + (Files.exists(file) ? "is no file" : "is missing, or links to nothing")
                            + "; fetch the model again");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() == 0) {
                throw new ModelException(file + ": is empty; fetch it again");
            }
            StandIns.refuse(file);
            return new MappedFile(channel);
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e + "; check its permissions", e);
        }
    }

    /** Read-only; gone when this is closed. */
    MemorySegment bytes() {
        return bytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
