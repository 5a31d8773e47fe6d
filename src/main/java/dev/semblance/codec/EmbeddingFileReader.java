package dev.semblance.codec;

import dev.semblance.record.Embedding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableFileInput;
import org.apache.avro.specific.SpecificDatumReader;

/**
 * Embeddings of an Avro object container file, as {@link EmbeddingFile} or another writer of the same schema made it,
 * read as they are asked for.
 *
 * <p>Thread: one.
 */
public final class EmbeddingFileReader implements Iterator<Embedding>, AutoCloseable {

    private static final byte[] MAGIC = {'O', 'b', 'j', 1};

    private final Path file;
    private final DataFileReader<dev.semblance.avro.Embedding> records;
    private final long sizeBytes;
    private long count;

    private EmbeddingFileReader(Path file, DataFileReader<dev.semblance.avro.Embedding> records, long sizeBytes) {
        this.file = file;
        this.records = records;
        this.sizeBytes = sizeBytes;
    }

    /** Whether a file begins like an Avro container file. */
    public static boolean isContainer(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        }
    }

    /** @throws IOException where it cannot be read, or holds other records; the message names the file */
    @SuppressWarnings("MustBeClosed") // by close()
    public static EmbeddingFileReader open(Path file) throws IOException {
        SeekableFileInput in = new SeekableFileInput(file.toFile());
        try {
            Schema ours = dev.semblance.avro.Embedding.getClassSchema();
            SpecificDatumReader<dev.semblance.avro.Embedding> reader = new SpecificDatumReader<>(ours, ours,
                    GeneratedClasses.INSTANCE);
            DataFileReader<dev.semblance.avro.Embedding> records = new DataFileReader<>(in, reader);
            if (!records.getSchema().getFullName().equals(ours.getFullName())) {
                throw new IOException("its records are of " + records.getSchema().getFullName() + "; expected "
                        + ours.getFullName());
            }
            return new EmbeddingFileReader(file, records, in.length());
        } catch (IOException | AvroRuntimeException e) {
            in.close();
            throw new IOException(file + " is no file of embeddings: " + e.getMessage(), e);
        }
    }

    /** @throws UncheckedIOException where the file breaks off or is damaged; the message names file and record */
    @Override
    public boolean hasNext() {
        boolean more;
        try {
            more = records.hasNext();
        } catch (AvroRuntimeException e) {
            throw broken(e);
        }
        // Avro takes the middle of a block for a good end.
        if (!more && records.previousSync() != sizeBytes) {
            throw broken(new AvroRuntimeException("the file breaks off"));
        }
        return more;
    }

    /**
     * @throws UncheckedIOException where the file breaks off or is damaged
     * @throws CodecException       where the record cannot be; the next one can be asked for
     */
    @Override
    public Embedding next() {
        dev.semblance.avro.Embedding record;
        try {
            record = records.next();
        } catch (AvroRuntimeException e) {
            throw broken(e);
        }
        count++;
        return FromAvro.embedding(record);
    }

    private UncheckedIOException broken(AvroRuntimeException e) {
        return new UncheckedIOException(
                new IOException(file + ", record " + (count + 1) + ": " + e.getMessage(), e));
    }

    /** Records read so far. */
    public long count() {
        return count;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
