package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * JSON objects in UTF-8, one a line. Written as bytes, not through the program's {@code PrintWriter}: results may be
 * large, and a full disk or a closed pipe must not go unnoticed.
 *
 * <p>Thread: one.
 */
final class JsonLines implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    /** Writes the fields of one object. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private final JsonGenerator json;

    /** @param out flushed, but not closed here */
    JsonLines(OutputStream out) throws IOException {
        json = new JsonFactory().setRootValueSeparator(null)
                .createGenerator(new BufferedOutputStream(out, BUFFER_BYTES))
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    void add(Fields fields) throws IOException {
        json.writeStartObject();
        fields.write(json);
        json.writeEndObject();
        json.writeRaw('\n');
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
