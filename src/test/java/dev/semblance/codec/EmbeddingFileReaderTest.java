package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.Embedding;
import dev.semblance.record.VectorEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFileReaderTest {

    @TempDir
    private Path folder;

    private static byte[] written(List<Embedding> embeddings) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EmbeddingFile file = new EmbeddingFile(out, VectorEncoding.F32)) {
            for (Embedding embedding : embeddings) {
                file.add(embedding);
            }
        }
        return out.toByteArray();
    }

    @Test
    void whatWasWrittenComesBack() throws IOException {
        Random random = new Random(8);
        List<Embedding> all = new ArrayList<>(List.of(Samples.EMBEDDING));
        for (int i = 0; i < 3_000; i++) {
            all.add(Samples.embedding(random));
        }
        Path file = Files.write(folder.resolve("some.avro"), written(all));
        assertThat(EmbeddingFileReader.isContainer(file)).isTrue();
        List<Embedding> read = new ArrayList<>();
        try (EmbeddingFileReader reader = EmbeddingFileReader.open(file)) {
            reader.forEachRemaining(read::add);
            assertThat(reader.count()).isEqualTo(3_001);
        }
        assertThat(read).usingRecursiveComparison().isEqualTo(all);
    }

    @Test
    void otherFilesAreTold() throws IOException {
        Path lines = Files.writeString(folder.resolve("lines"), "Objective: none\n");
        assertThat(EmbeddingFileReader.isContainer(lines)).isFalse();
        assertThat(EmbeddingFileReader.isContainer(folder.resolve("none"))).isFalse();
        assertThat(EmbeddingFileReader.isContainer(folder)).isFalse();
        assertThat(EmbeddingFileReader.isContainer(Files.write(folder.resolve("short"), new byte[]{'O', 'b'})))
                .isFalse();
        assertThatThrownBy(() -> EmbeddingFileReader.open(lines)).isInstanceOf(IOException.class)
                .hasMessageStartingWith(lines + " is no file of embeddings: ");
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
            writer.create(Schema.createMap(Schema.create(Schema.Type.LONG)), other);
        }
        Path maps = Files.write(folder.resolve("maps.avro"), other.toByteArray());
        assertThatThrownBy(() -> EmbeddingFileReader.open(maps)).isInstanceOf(IOException.class)
                .hasMessageContaining("maps.avro is no file of embeddings: ");
    }

    @Test
    void aFileThatBreaksOffIsTold() throws IOException {
        byte[] whole = written(List.of(Samples.EMBEDDING, Samples.EMBEDDING));
        for (int missing = 1; missing < whole.length; missing += 7) {
            Path file = Files.write(folder.resolve("cut.avro"), Arrays.copyOf(whole, whole.length - missing));
            String as = missing + " bytes missing";
            assertThatThrownBy(() -> {
                try (EmbeddingFileReader reader = EmbeddingFileReader.open(file)) {
                    reader.forEachRemaining(_ -> {});
                }
            }).as(as).isInstanceOfAny(UncheckedIOException.class, IOException.class).hasMessageContaining("cut.avro");
        }
    }
}
