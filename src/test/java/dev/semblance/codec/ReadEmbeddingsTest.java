package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.record.VectorEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The example in the docs is this code, and it works. */
class ReadEmbeddingsTest {

    @Test
    void aForeignConsumerReadsOurVectors() throws IOException {
        RecordCodec codec = new RecordCodec();
        TopicPartition partition = new TopicPartition("embeddings", 0);
        Map<String, float[]> read = new HashMap<>();
        try (MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest")) {
            consumer.assign(List.of(partition));
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            long offset = 0;
            for (VectorEncoding encoding : VectorEncoding.values()) {
                consumer.addRecord(new ConsumerRecord<>("embeddings", 0, offset++, encoding.name(),
                        codec.encode(Samples.EMBEDDING, encoding)));
            }
            consumer.addRecord(new ConsumerRecord<>("embeddings", 0, offset, "deleted", null));
            ReadEmbeddings.poll(consumer, ReadEmbeddings.decoder(Path.of("schemas/Embedding.avsc")), read::put);
        }
        assertThat(read.get("F32")).containsExactly(Samples.VECTOR);
        assertThat(read.get("F16")).containsExactly(Samples.VECTOR, within(5e-4f));
        assertThat(read.get("I8")).containsExactly(Samples.VECTOR, within(4e-3f));
        assertThat(read).containsEntry("deleted", null);
    }

    @Test
    void theFormatsPageShowsThisVeryCode() throws IOException {
        String page = Files.readString(Path.of("docs/FORMATS.md"));
        String code = Files.readString(Path.of("src/test/java/dev/semblance/codec/ReadEmbeddings.java"));
        String shown = page.substring(page.indexOf("```java\n") + 8);
        shown = shown.substring(0, shown.indexOf("```")).strip();
        assertThat(code.lines().map(String::strip)).containsSubsequence(
                shown.lines().map(String::strip).toArray(String[]::new));
    }
}
