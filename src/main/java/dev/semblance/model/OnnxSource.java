package dev.semblance.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Where the ONNX file is. */
public sealed interface OnnxSource {

    /** A file, with external weights beside it where the model has any. */
    record OfFile(Path path) implements OnnxSource {

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A resource of the class path, without external weights. */
    record OfResource(String name) implements OnnxSource {

        /** Reads it whole, about half a second for 90 MB out of a jar; nothing is kept. */
        public byte[] read() throws IOException {
            try (InputStream in = OnnxSource.class.getResourceAsStream("/" + name)) {
                if (in == null) {
                    throw new FileNotFoundException(name + " is not on the class path");
                }
                return in.readAllBytes();
            }
        }

        @Override
        public String toString() {
            return "classpath:" + name;
        }
    }
}
