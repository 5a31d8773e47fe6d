package dev.semblance.codec;

import dev.semblance.record.Embedding;
import dev.semblance.record.VectorEncoding;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Embeddings as an Avro object container file, which carries its schema and is read by every Avro library: no
 * single-object headers, no compression (vectors hardly compress). Blocks go out as they fill, so memory stays small.
 * Equal embeddings give equal files: the sync marker, random in other writers, is made from the schema.
 *
 * <p>Source: Apache Avro 1.12 specification, "Object Container Files".
 *
 * <p>Thread: one.
 */
public final class EmbeddingFile implements AutoCloseable {

    private static final int BLOCK_BYTES = 1 << 18;
    private static final int SYNC_BYTES = 16;

    private final VectorEncoding encoding;
    private final DataFileWriter<dev.semblance.avro.Embedding> file;

    /**
     * Writes the header.
     *
     * @param out      flushed at the end, but not closed here
     * @param encoding of the vectors
     */
    public EmbeddingFile(OutputStream out, VectorEncoding encoding) throws IOException {
        this.encoding = encoding;
        Schema schema = KnownSchemas.published(dev.semblance.avro.Embedding.getClassSchema());
        file = new DataFileWriter<>(
                new SpecificDatumWriter<dev.semblance.avro.Embedding>(schema, GeneratedClasses.INSTANCE));
        file.setCodec(CodecFactory.nullCodec());
        file.setSyncInterval(BLOCK_BYTES);
        file.create(schema, new Unclosed(out), syncMarker(schema));
    }

    /** @throws CodecException where the vector is not of its model's dimension, or has components without a value */
    public void add(Embedding embedding) throws IOException {
        file.append(ToAvro.embedding(embedding, encoding));
    }

    /** Writes the last block. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    private static byte[] syncMarker(Schema schema) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(schema.toString().getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(hash, SYNC_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Avro closes what it writes to; this belongs to the caller. */
    private static final class Unclosed extends FilterOutputStream {

        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
