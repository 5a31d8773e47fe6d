package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.record.VectorEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** Read back by Avro's generic reader, which knows nothing of this program. */
class EmbeddingFileTest {

    private static byte[] written(VectorEncoding encoding, List<Embedding> embeddings) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EmbeddingFile file = new EmbeddingFile(out, encoding)) {
            for (Embedding embedding : embeddings) {
                file.add(embedding);
            }
        }
        return out.toByteArray();
    }

    private static List<GenericRecord> read(byte[] bytes) throws IOException {
        List<GenericRecord> records = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(new SeekableByteArrayInput(bytes),
                new GenericDatumReader<>())) {
            assertThat(reader.getMetaString("avro.codec")).isEqualTo("null");
            reader.forEach(records::add);
        }
        return records;
    }

    @Test
    void everyFieldArrives() throws IOException {
        GenericRecord r = read(written(VectorEncoding.F32, List.of(Samples.EMBEDDING))).getFirst();
        assertThat(r.get("id")).hasToString("e-1");
        assertThat(r.get("text")).hasToString("Grüße 🌍 from $ACME");
        assertThat(r.get("event_time_ms")).isEqualTo(1_700_000_000_123L);
        assertThat(r.get("user")).hasToString("anna");
        Map<String, String> attributes = new HashMap<>();
        ((Map<?, ?>) r.get("attributes")).forEach((name, value) -> attributes.put(name.toString(), value.toString()));
        assertThat(attributes).isEqualTo(Samples.EVENT.attributes());
        assertThat(r.get("source_offset")).isEqualTo(40L);
        GenericRecord model = (GenericRecord) r.get("model");
        assertThat(model.get("id")).hasToString("tiny");
        assertThat(model.get("dimension")).isEqualTo(3);
        assertThat(r.get("encoding")).hasToString("F32");
        ByteBuffer vector = ((ByteBuffer) r.get("vector")).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(vector.remaining()).isEqualTo(12);
        assertThat(new float[]{vector.getFloat(), vector.getFloat(), vector.getFloat()}).isEqualTo(Samples.VECTOR);
        assertThat(r.get("token_count")).isEqualTo(9);
        assertThat(((GenericFixed) r.get("text_hash")).bytes()).hasSize(16);
        assertThat(r.get("source_value")).isEqualTo(ByteBuffer.wrap(new byte[]{1, 2, (byte) 0xC3}));
    }

    @Test
    void theSchemaInTheFileIsThePublishedOne() throws IOException {
        byte[] bytes = written(VectorEncoding.F32, List.of());
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(new SeekableByteArrayInput(bytes),
                new GenericDatumReader<>())) {
            assertThat(reader.getSchema().toString()).doesNotContain("avro.java.string");
            assertThat(reader.getSchema())
                    .isEqualTo(new Schema.Parser().parse(Files.readString(Path.of("schemas/Embedding.avsc"))));
            assertThat(reader.hasNext()).isFalse();
        }
    }

    @Test
    void manyInSeveralBlocksKeepTheirOrderAndEqualInputGivesEqualBytes() throws IOException {
        long seed = 20_260_402;
        Random random = new Random(seed);
        List<Embedding> embeddings = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            embeddings.add(Samples.embedding(random));
        }
        for (VectorEncoding encoding : VectorEncoding.values()) {
            byte[] bytes = written(encoding, embeddings);
            assertThat(bytes.length).as("several blocks").isGreaterThan(1 << 19);
            assertThat(written(encoding, embeddings)).as("seed %d", seed).isEqualTo(bytes);
            assertThat(read(bytes)).as("seed %d", seed).extracting(r -> r.get("id").toString())
                    .isEqualTo(embeddings.stream().map(e -> e.event().id()).toList());
        }
    }

    @Test
    void theTargetIsFlushedButStaysOpen() throws IOException {
        List<String> calls = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                calls.add("flush");
            }

            @Override
            public void close() {
                calls.add("close");
            }
        };
        new EmbeddingFile(out, VectorEncoding.F16).close();
        assertThat(calls).contains("flush").doesNotContain("close");
    }

    @Test
    void aVectorOfAnotherDimensionIsRefusedAndTheRestStaysReadable() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Embedding e = Samples.EMBEDDING;
        Embedding broken = new Embedding(e.event(), e.source(), new ModelIdentity("m", "r", 7, "cls", true, 8, "fp32"),
                "none", e.vector(), 1, false, new TextHash(1, 2), 0, null);
        try (EmbeddingFile file = new EmbeddingFile(out, VectorEncoding.F32)) {
            file.add(e);
            assertThatThrownBy(() -> file.add(broken)).isInstanceOf(CodecException.class).hasMessageContaining("7");
            file.add(e);
        }
        assertThat(read(out.toByteArray())).hasSize(2);
    }
}
