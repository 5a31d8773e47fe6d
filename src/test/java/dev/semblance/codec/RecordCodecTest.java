package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.semblance.record.AlertKind;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordCodecTest {

    private final RecordCodec codec = new RecordCodec();

    @Test
    void everyRecordComesBackAsItWas() {
        assertThat(codec.decodeTextEvent(codec.encode(Samples.EVENT))).isEqualTo(Samples.EVENT);
        assertThat(codec.decodeTextEvent(codec.encode(Samples.EVENT.withoutText())))
                .isEqualTo(Samples.EVENT.withoutText());
        assertThat(codec.decodeAlert(codec.encode(Samples.ALERT))).isEqualTo(Samples.ALERT);
        assertThat(codec.decodeWatch(codec.encode(Samples.WATCH))).isEqualTo(Samples.WATCH);
        Watch plain = new Watch("w", "x", null, List.of());
        assertThat(codec.decodeWatch(codec.encode(plain))).isEqualTo(plain);
        assertThat(codec.decodeEmbedding(codec.encode(Samples.EMBEDDING, VectorEncoding.F32)))
                .usingRecursiveComparison().isEqualTo(Samples.EMBEDDING);
        assertThat(codec.decodeWatchVector(codec.encode(Samples.WATCH_VECTOR, VectorEncoding.F32)))
                .usingRecursiveComparison().isEqualTo(Samples.WATCH_VECTOR);
    }

    @Test
    void randomEventsAndEmbeddingsComeBackAsTheyWere() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            TextEvent event = Samples.event(random);
            assertThat(codec.decodeTextEvent(codec.encode(event))).as("seed %d", seed).isEqualTo(event);
            Embedding embedding = Samples.embedding(random);
            assertThat(codec.decodeEmbedding(codec.encode(embedding, VectorEncoding.F32))).as("seed %d", seed)
                    .usingRecursiveComparison().isEqualTo(embedding);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aVectorComesBackAsStoredTimesScale(VectorEncoding encoding) {
        float[] vector = Samples.vector(new Random(1), 17);
        ModelIdentity model = new ModelIdentity("m", "r", 17, "mean", true, 8, "fp32");
        VectorBytes.Encoded stored = VectorBytes.encode(vector, encoding);
        float[] expected = VectorBytes.decode(ByteBuffer.wrap(stored.bytes()), encoding, stored.scale(), 17);
        byte[] value = codec.encode(new WatchVector(Samples.WATCH, model, vector), encoding);
        assertThat(codec.decodeWatchVector(value).vector()).containsExactly(expected);
    }

    @Test
    void headerIsMarkerAndFingerprint() {
        long fingerprint = KnownSchemas.fingerprint(dev.semblance.avro.Watch.getClassSchema());
        ByteBuffer value = ByteBuffer.wrap(codec.encode(Samples.WATCH)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        assertThat(value.getShort()).isEqualTo((short) 0x01C3);
        assertThat(value.getLong()).isEqualTo(fingerprint);
    }

    @Test
    void bytesOfTheFirstReleaseAreReadForEver() throws IOException {
        Properties v1 = released("v1");
        assertThat(codec.decodeTextEvent(bytes(v1, "TextEvent"))).isEqualTo(Samples.EVENT);
        assertThat(codec.decodeEmbedding(bytes(v1, "Embedding"))).usingRecursiveComparison()
                .isEqualTo(Samples.EMBEDDING);
        assertThat(codec.decodeAlert(bytes(v1, "Alert"))).isEqualTo(Samples.ALERT);
        assertThat(codec.decodeWatch(bytes(v1, "Watch"))).isEqualTo(Samples.WATCH);
        assertThat(codec.decodeWatchVector(bytes(v1, "WatchVector")).watch()).isEqualTo(Samples.WATCH);
    }

    /** BURST alerts have a rate since the second release, alerts a decayed similarity since the third. */
    @Test
    void theRateOfABurstAndADecayedSimilarityComeBack() {
        Alert a = Samples.ALERT;
        Alert burst = new Alert(AlertKind.BURST, a.eventId(), a.originalId(), a.matchKind(), a.cosine(), a.threshold(),
                a.eventTimeMs(), a.originalTimeMs(), 100, true, a.onlyInEvent(), a.onlyInOriginal(), a.text(),
                a.originalText(), a.labels(), a.model(), 123.5, 0.875);
        assertThat(codec.decodeAlert(codec.encode(burst))).isEqualTo(burst);
    }

    @Test
    void bytesOfTheSecondReleaseAreReadForEver() throws IOException {
        Properties v2 = released("v2");
        assertThat(codec.decodeAlert(bytes(v2, "Alert"))).isEqualTo(Samples.ALERT);
    }

    @Test
    void bytesOfTheThirdReleaseAreReadForEver() throws IOException {
        Properties v3 = released("v3");
        assertThat(codec.decodeAlert(bytes(v3, "Alert"))).isEqualTo(Samples.ALERT);
    }

    /** Same records, same bytes: a change here is a change of the schemas, and needs a new released version. */
    @Test
    void presentBytesAreThoseOfTheNewestRelease() throws IOException {
        Properties newest = released(KnownSchemas.RELEASES.getLast());
        assertThat(codec.encode(Samples.EVENT, new byte[]{9})).isEqualTo(bytes(newest, "TextEvent"));
        assertThat(codec.encode(Samples.EMBEDDING, VectorEncoding.F32)).isEqualTo(bytes(newest, "Embedding"));
        assertThat(codec.encode(Samples.ALERT)).isEqualTo(bytes(newest, "Alert"));
        assertThat(codec.encode(Samples.WATCH)).isEqualTo(bytes(newest, "Watch"));
        assertThat(codec.encode(Samples.WATCH_VECTOR, VectorEncoding.I8)).isEqualTo(bytes(newest, "WatchVector"));
    }

    private static Properties released(String release) throws IOException {
        Properties values = new Properties();
        try (InputStream in = RecordCodecTest.class.getResourceAsStream("/codec/" + release + ".properties")) {
            values.load(in);
        }
        return values;
    }

    private static byte[] bytes(Properties values, String schema) {
        return HexFormat.of().parseHex(values.getProperty(schema));
    }

    @Test
    void avrosOwnMessageClassesReadAndWriteTheSame() throws IOException {
        var schema = dev.semblance.avro.TextEvent.getClassSchema();
        byte[] ours = codec.encode(Samples.EVENT, new byte[]{9});
        GenericRecord read = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema).decode(ours);
        assertThat(read.get("text")).hasToString(Samples.EVENT.text());
        assertThat(read.get("source_value")).isEqualTo(ByteBuffer.wrap(new byte[]{9}));
        ByteBuffer theirs = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(read);
        byte[] value = new byte[theirs.remaining()];
        theirs.get(value);
        assertThat(codec.decodeTextEvent(value)).isEqualTo(Samples.EVENT);
    }

    @Test
    void attributesAreWrittenInOneOrder() {
        Map<String, String> forwards = new LinkedHashMap<>();
        Map<String, String> backwards = new LinkedHashMap<>();
        IntStream.range(0, 50).forEach(i -> forwards.put("k" + i, "v"));
        IntStream.range(0, 50).forEach(i -> backwards.put("k" + (49 - i), "v"));
        byte[] value = codec.encode(new TextEvent("i", "t", 1, null, null, forwards));
        assertThat(codec.encode(new TextEvent("i", "t", 1, null, null, backwards))).isEqualTo(value);
        String text = new String(value, StandardCharsets.ISO_8859_1);
        assertThat(text.indexOf("k10")).isBetween(0, text.indexOf("k2"));
    }

    @Test
    void manyThreadsShareOneCodec() {
        IntStream.range(0, 2_000).parallel().forEach(seed -> {
            TextEvent event = Samples.event(new Random(seed));
            assertThat(codec.decodeTextEvent(codec.encode(event))).as("seed %d", seed).isEqualTo(event);
        });
    }

    @Test
    void unknownSchemaIsNamedByItsFingerprint() {
        byte[] value = codec.encode(Samples.EVENT);
        System.arraycopy(HexFormat.of().parseHex("8877665544332211"), 0, value, 2, 8);
        CodecException e = refused(value);
        assertThat(e.rejection().reason()).isEqualTo(Reason.UNKNOWN_SCHEMA);
        assertThat(e.rejection().message()).contains("1122334455667788", "TextEvent", "Embedding");
    }

    @Test
    void confluentFramingIsNamedByItsSchemaId() {
        CodecException e = refused(HexFormat.of().parseHex("00000001f4061213"));
        assertThat(e.rejection().reason()).isEqualTo(Reason.UNKNOWN_SCHEMA);
        assertThat(e.rejection().message()).contains("schema id 500", "no schema registry is configured");
    }

    @Test
    void otherBytesAndOtherRecordsAreMalformed() {
        assertThat(refused("hello".getBytes(StandardCharsets.UTF_8)).rejection().message()).contains("68 65 6c 6c",
                "5 bytes");
        assertThat(refused(codec.encode(Samples.ALERT)).rejection().message()).contains("of type Alert",
                "expected TextEvent");
        assertThat(refused(HexFormat.of().parseHex("c30155")).rejection().message()).contains("truncated");
        assertThat(refused(new byte[0]).rejection().reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] value = codec.encode(Samples.EMBEDDING, VectorEncoding.F16);
        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            assertThatThrownBy(() -> codec.decodeEmbedding(cut)).as("first %d bytes", length)
                    .isInstanceOf(CodecException.class).hasMessageContaining("MALFORMED");
        }
    }

    @Test
    void bytesLeftOverAreRefused() {
        byte[] value = codec.encode(Samples.EVENT);
        assertThat(refused(Arrays.copyOf(value, value.length + 3)).rejection().message()).contains("3 bytes are left");
    }

    @Test
    void hostileLengthsAreHeldAgainstTheBytesThatAreLeft() {
        // id = "", text = 2 GiB; id = −1 byte; attributes = 2^40 entries; a negative block with a wrong size.
        assertBroken("00" + "02" + "feffffff0f", "field text declares a length of 2147483647 bytes");
        assertBroken("01", "field id declares a length of -1 bytes");
        assertBroken("00" + "00" + "02" + "00" + "00" + "808080808040", "field attributes declares a block of");
        assertBroken("00" + "00" + "02" + "00" + "00" + "03" + "ffff03",
                "field attributes declares a block of -32768 bytes");
        assertBroken("00" + "04", "field text names union branch 2 of 2");
        assertBroken("00" + "00" + "ffffffffffffffffffff01", "field event_time_ms holds a number of more than 64");
    }

    private void assertBroken(String bodyHex, String message) {
        String header = HexFormat.of().formatHex(codec.encode(Samples.EVENT), 0, 10);
        CodecException e = refused(HexFormat.of().parseHex(header + bodyHex));
        assertThat(e.rejection().reason()).isEqualTo(Reason.MALFORMED);
        assertThat(e.rejection().message()).contains(message);
    }

    @Test
    void invalidUtf8IsNamedByFieldAndOffset() {
        byte[] value = codec.encode(new TextEvent("id", "abcdef", 1, null, null, Map.of()));
        int at = new String(value, StandardCharsets.ISO_8859_1).indexOf("cdef");
        value[at] = (byte) 0xFF;
        CodecException e = refused(value);
        assertThat(e.rejection().reason()).isEqualTo(Reason.INVALID_UTF8);
        assertThat(e.rejection().message()).contains("field text", "0xff", "offset 2 of 6");
    }

    @Test
    void aVectorMustBeOfItsModelsDimension() {
        WatchVector wrong = new WatchVector(Samples.WATCH, Samples.MODEL, new float[4]);
        CodecException e = catchThrowableOfType(CodecException.class, () -> codec.encode(wrong, VectorEncoding.F32));
        assertThat(e.rejection().reason()).isEqualTo(Reason.INVALID_VECTOR);
        assertThat(e).hasMessageContaining("4 components").hasMessageContaining("says 3");
    }

    private CodecException refused(byte[] value) {
        return catchThrowableOfType(CodecException.class, () -> codec.decodeTextEvent(value));
    }
}
