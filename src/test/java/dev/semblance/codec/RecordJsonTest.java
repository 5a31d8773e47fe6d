package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

    private final RecordCodec codec = new RecordCodec();
    private final ObjectMapper mapper = new ObjectMapper();

    @Test
    void oneLineWithTheFieldsOfTheSchema() {
        assertThat(RecordJson.toJson(codec.encode(Samples.WATCH))).isEqualTo(
                "{\"id\":\"w-1\",\"text\":\"flood in Köln\",\"threshold\":0.85,\"labels\":[\"flood\",\"köln\"]}");
        byte[] event = codec.encode(new TextEvent("i", "two\nlines", 5_000_000_000L, null, null, Map.of("k", "v")));
        assertThat(RecordJson.toJson(event)).isEqualTo("{\"id\":\"i\",\"text\":\"two\\nlines\","
                + "\"event_time_ms\":5000000000,\"user\":null,\"lang\":null,\"attributes\":{\"k\":\"v\"},"
                + "\"source_value\":null}");
    }

    @Test
    void anEmbeddingShowsItsVectorAsNumbers() throws Exception {
        JsonNode json = mapper.readTree(RecordJson.toJson(codec.encode(Samples.EMBEDDING, VectorEncoding.F32)));
        assertThat(json.get("vector").toString()).isEqualTo("[0.6,-0.8,0.0]");
        assertThat(json.get("encoding").textValue()).isEqualTo("F32");
        assertThat(json.get("model").get("dimension").intValue()).isEqualTo(3);
        assertThat(json.get("source_offset").longValue()).isEqualTo(40);
        assertThat(json.get("figures_hash").longValue()).isEqualTo(-7);
        assertThat(json.get("text_hash").textValue()).isEqualTo("0123456789abcdeffedcba9876543210");
        assertThat(json.get("source_value").binaryValue()).containsExactly(1, 2, 0xC3);
    }

    @Test
    void aScaledVectorIsShownScaled() throws Exception {
        JsonNode json = mapper.readTree(RecordJson.toJson(codec.encode(Samples.WATCH_VECTOR, VectorEncoding.I8)));
        assertThat(json.get("vector").get(1).floatValue()).isEqualTo(-127 * (0.8f / 127));
        assertThat(json.get("scale").floatValue()).isEqualTo(0.8f / 127);
    }

    @Test
    void anAlertShowsItsKindsByName() throws Exception {
        JsonNode json = mapper.readTree(RecordJson.toJson(codec.encode(Samples.ALERT)));
        assertThat(json.get("kind").textValue()).isEqualTo("NEAR_DUPLICATE");
        assertThat(json.get("match_kind").textValue()).isEqualTo("NEAR");
        assertThat(json.get("cluster_size").longValue()).isEqualTo(2);
        assertThat(json.get("suppressed").booleanValue()).isTrue();
    }

    @Test
    void anyEventGivesOneLineOfValidJson() throws Exception {
        for (long seed = 0; seed < 500; seed++) {
            TextEvent event = Samples.event(new Random(seed));
            String line = RecordJson.toJson(codec.encode(event));
            assertThat(line).as("seed %d", seed).doesNotContain("\n", "\r");
            assertThat(mapper.readTree(line).get("text").textValue()).as("seed %d", seed).isEqualTo(event.text());
        }
    }

    @Test
    void whatIsNotOursIsNull() {
        assertThat(RecordJson.toJson(null)).isNull();
        assertThat(RecordJson.toJson("text".getBytes(StandardCharsets.UTF_8))).isNull();
        assertThat(RecordJson.toJson(HexFormat.of().parseHex("c301"))).isNull();
        assertThat(RecordJson.toJson(HexFormat.of().parseHex("c3010000000000000000"))).isNull();
    }

    @Test
    void whatIsOursButBrokenIsRefused() {
        byte[] value = codec.encode(Samples.ALERT);
        assertThatThrownBy(() -> RecordJson.toJson(Arrays.copyOf(value, value.length - 1)))
                .isInstanceOf(CodecException.class).hasMessageContaining("field similarity");
    }
}
