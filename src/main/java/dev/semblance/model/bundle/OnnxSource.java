package dev.semblance.model.bundle;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Where an ONNX file is. */
public sealed interface OnnxSource {

    /** A file, with external weights beside it where the model has any. */
    record OfFile(Path path) implements OnnxSource {

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * Written when asked for, the same bytes each time, and kept while memory is plenty.
     *
     * <p>
     * Thread: safe.
     */
    final class Written implements OnnxSource {

        private final String name;
        private final Supplier<byte[]> writer;

        /** Guarded by {@code this}. */
        private SoftReference<byte[]> kept = new SoftReference<>(null);

        /** @param name for messages */
        Written(String name, Supplier<byte[]> writer) {
            this.name = name;
            this.writer = writer;
        }

        /** Not to be written to. */
        public synchronized byte[] bytes() {
            byte[] bytes = kept.get();
            if (bytes == null) {
                bytes = writer.get();
                kept = new SoftReference<>(bytes);
            }
            return bytes;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
