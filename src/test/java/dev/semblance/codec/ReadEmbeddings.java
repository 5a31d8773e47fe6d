package dev.semblance.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The Java example of docs/FORMATS.md: reads embeddings with nothing of ours but the schema file. */
final class ReadEmbeddings {

    private ReadEmbeddings() {}

    /** @param args bootstrap servers, path of Embedding.avsc */
    public static void main(String[] args) throws IOException {
        Map<String, Object> config = Map.of("bootstrap.servers", args[0], "group.id", "reader", "auto.offset.reset",
                "earliest", "isolation.level", "read_committed");
        try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(config, new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("embeddings"));
            BinaryMessageDecoder<GenericRecord> decoder = decoder(Path.of(args[1]));
            while (true) {
                poll(consumer, decoder,
                        (id, vector) -> System.out.println(id + " " + (vector == null ? "deleted" : vector.length)));
            }
        }
    }

    static BinaryMessageDecoder<GenericRecord> decoder(Path embeddingAvsc) throws IOException {
        return new BinaryMessageDecoder<>(new GenericData(), new Schema.Parser().parse(embeddingAvsc.toFile()));
    }

    /** Passes on each event's id with its vector, or with null where the event was deleted. */
    static void poll(Consumer<String, byte[]> consumer, BinaryMessageDecoder<GenericRecord> decoder,
            BiConsumer<String, float[]> sink) {
        try {
            for (ConsumerRecord<String, byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                sink.accept(r.key(), r.value() == null ? null : vector(decoder.decode(r.value())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] vector(GenericRecord embedding) {
        ByteBuffer bytes = ((ByteBuffer) embedding.get("vector")).order(ByteOrder.LITTLE_ENDIAN);
        String encoding = embedding.get("encoding").toString();
        float scale = (float) embedding.get("scale");
        float[] vector = new float[(int) ((GenericRecord) embedding.get("model")).get("dimension")];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = scale * switch (encoding) {
                case "F32" -> bytes.getFloat();
                case "F16" -> Float.float16ToFloat(bytes.getShort());
                case "I8" -> bytes.get();
                default -> throw new IllegalStateException("a newer encoding: get the newer Embedding.avsc");
            };
        }
        return vector;
    }
}
