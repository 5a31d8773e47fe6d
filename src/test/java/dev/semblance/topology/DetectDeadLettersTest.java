package dev.semblance.topology;

import static dev.semblance.topology.DetectDriver.APPENDED_MS;
import static dev.semblance.topology.DetectDriver.MODEL;
import static dev.semblance.topology.DetectDriver.at;
import static dev.semblance.topology.DetectDriver.embedding;
import static dev.semblance.topology.Letters.message;
import static dev.semblance.topology.Letters.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.record.Embedding;
import dev.semblance.record.VectorEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** Others may write to the embeddings topic, too: what cannot be compared must not stop the stream. */
class DetectDeadLettersTest {

    private static final RecordCodec CODEC = new RecordCodec();
    private static final float MARK = 12345.678f;

    private static byte[] encoded(float... vector) {
        return CODEC.encode(embedding("bad", 0, "a", vector, MODEL), VectorEncoding.F32);
    }

    /** An embedding whose one component has been overwritten: the codec itself refuses to write such. */
    private static byte[] withComponent(float value) {
        byte[] bytes = encoded(0, MARK, 1, 0);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i <= bytes.length - Float.BYTES; i++) {
            if (buffer.getFloat(i) == MARK) {
                buffer.putFloat(i, value);
                return bytes;
            }
        }
        throw new AssertionError("the component is not where a little-endian float would be");
    }

    private static TestRecord<byte[], byte[]> letterOf(byte[] key, byte[] value, Headers headers) {
        try (DetectDriver detect = new DetectDriver()) {
            detect.event("1", 0, "a", 0).raw(key, value, headers).event("2", 1, "a", 0).tick();
            assertThat(detect.matches()).as("the stream goes on").containsExactly("EXACT 2→1");
            assertThat(detect.unique()).containsExactly("1");
            assertThat(detect.window()).as("the window is untouched").containsExactly("1");
            assertThat(detect.count("semblance.dead.letters")).isEqualTo(1);
            List<TestRecord<byte[], byte[]>> letters = detect.deadLetters();
            assertThat(letters).hasSize(1);
            TestRecord<byte[], byte[]> letter = letters.getFirst();
            assertThat(letter.key()).isEqualTo(key);
            assertThat(letter.value()).isEqualTo(value);
            assertThat(letter.timestamp()).isEqualTo(APPENDED_MS);
            assertThat(Letters.coordinates(letter)).isEqualTo("detect embeddings-0@1 " + APPENDED_MS);
            return letter;
        }
    }

    private static TestRecord<byte[], byte[]> letterOf(byte[] value) {
        return letterOf(utf8("bad"), value, new RecordHeaders());
    }

    @Test
    void componentsThatAreNoNumbers() {
        TestRecord<byte[], byte[]> nan = letterOf(withComponent(Float.NaN));
        assertThat(Letters.reason(nan)).isEqualTo("INVALID_VECTOR");
        assertThat(message(nan)).contains("component 1", "NaN");
        assertThat(message(letterOf(withComponent(Float.POSITIVE_INFINITY)))).contains("component 1", "Infinity");
        assertThat(message(letterOf(withComponent(Float.NEGATIVE_INFINITY)))).contains("component 1", "-Infinity");
    }

    @Test
    void aVectorOfLengthZero() {
        TestRecord<byte[], byte[]> letter = letterOf(encoded(0, 0, 0, 0));
        assertThat(Letters.reason(letter)).isEqualTo("INVALID_VECTOR");
        assertThat(message(letter)).contains("all 4 components are 0");
    }

    @Test
    void aVectorOfAnotherDimension() {
        byte[] bytes = encoded(MARK, 0, 0, 0);
        ByteBuffer marker = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, MARK);
        int at = 0;
        while (bytes[at] != marker.get(0) || bytes[at + 1] != marker.get(1) || bytes[at + 2] != marker.get(2)
                || bytes[at + 3] != marker.get(3)) {
            at++;
        }
        // Avro writes the length of bytes as a zigzag varint before them: 16 as 32, 12 as 24.
        assertThat(bytes[at - 1]).isEqualTo((byte) 32);
        byte[] shorter = new byte[bytes.length - 4];
        System.arraycopy(bytes, 0, shorter, 0, at);
        shorter[at - 1] = 24;
        System.arraycopy(bytes, at + 4, shorter, at, bytes.length - at - 4);

        TestRecord<byte[], byte[]> letter = letterOf(shorter);
        assertThat(Letters.reason(letter)).as("12 bytes are no vector of this model").isEqualTo("MALFORMED");
        assertThat(message(letter)).contains("12").contains("4");
    }

    @Test
    void foreignBytes() {
        Headers headers = new RecordHeaders().add("trace", utf8("t"));
        TestRecord<byte[], byte[]> json = letterOf(utf8("bad"), utf8("{\"vector\":[1,2]}"), headers);
        assertThat(Letters.reason(json)).isEqualTo("MALFORMED");
        assertThat(Letters.header(json, "trace")).isEqualTo("t");
        assertThat(Letters.reason(letterOf(new byte[0]))).isEqualTo("MALFORMED");

        Embedding e = embedding("bad", 0, "a", at(0), MODEL);
        byte[] cut = CODEC.encode(e, VectorEncoding.F32);
        assertThat(Letters.reason(letterOf(java.util.Arrays.copyOf(cut, cut.length - 3)))).isEqualTo("MALFORMED");
        assertThat(Letters.reason(letterOf(CODEC.encode(e.event())))).as("another type of record")
                .isEqualTo("MALFORMED");
        byte[] unknown = cut.clone();
        unknown[5] ^= 1;
        assertThat(Letters.reason(letterOf(unknown))).isEqualTo("UNKNOWN_SCHEMA");
    }

    @Test
    void recordsWithoutAKey() {
        Embedding e = embedding("bad", 0, "a", at(0), MODEL);
        byte[] value = CODEC.encode(e, VectorEncoding.F32);
        TestRecord<byte[], byte[]> letter = letterOf(null, value, new RecordHeaders());
        assertThat(Letters.reason(letter)).isEqualTo("NULL_RECORD");
        assertThat(message(letter)).contains("event id as its key");
        assertThat(Letters.reason(letterOf(new byte[0], value, new RecordHeaders()))).isEqualTo("NULL_RECORD");
        assertThat(Letters.reason(letterOf(null, null, new RecordHeaders()))).isEqualTo("NULL_RECORD");
    }

    @Test
    void headersOfOthersDoNotPassForOurs() {
        try (DetectDriver detect = new DetectDriver()) {
            Headers forged = new RecordHeaders().add("semblance.embedding.partition", utf8("x"));
            Embedding e = embedding("1", 0, "a", at(0), MODEL);
            detect.raw(utf8("1"), CODEC.encode(e, VectorEncoding.F32), forged).tick();
            assertThat(detect.unique()).containsExactly("1");
        }
    }

    /** Deletes go by key: under another one the vector could never be purged. */
    @Test
    void aKeyThatIsNotTheId() {
        byte[] value = CODEC.encode(embedding("inside", 0, "a", at(0), MODEL), VectorEncoding.F32);
        TestRecord<byte[], byte[]> letter = letterOf(utf8("outside"), value, new RecordHeaders());
        assertThat(Letters.reason(letter)).isEqualTo("INVALID_ID");
        assertThat(message(letter)).contains("'inside'", "'outside'");
    }
}
