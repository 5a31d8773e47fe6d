package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.codec.RecordCodec;
import dev.semblance.codec.RecordJson;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TextHash;
import dev.semblance.record.VectorEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class RecordLineTest {

    private static final ModelIdentity MODEL = new ModelIdentity("m", "r", 3, "mean", true, 256, "fp32");
    private static final long T = 1_700_000_000_000L;

    private final RecordCodec codec = new RecordCodec();
    private final RecordLine words = new RecordLine(false, RecordJson::toJson);
    private final RecordLine json = new RecordLine(true, RecordJson::toJson);

    private static byte[] bytes(String s) {
        return s == null ? null : s.getBytes(StandardCharsets.UTF_8);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, byte[] value, String... headers) {
        ConsumerRecord<byte[], byte[]> r = new ConsumerRecord<>("t", 2, 7, T, null, 0, 0, bytes(key), value,
                new RecordHeaders(), Optional.empty());
        for (int i = 0; i < headers.length; i += 2) {
            r.headers().add("semblance." + headers[i], bytes(headers[i + 1]));
        }
        return r;
    }

    private JsonNode parsed(ConsumerRecord<byte[], byte[]> record) throws IOException {
        String line = json.of(record);
        assertThat(line.lines()).hasSize(1);
        return new ObjectMapper().readTree(line);
    }

    @Test
    void anEvent() throws IOException {
        var r = record("1", codec.encode(new TextEvent("1", "hello\nworld \u001b[31m", T, "ann", null, Map.of())));
        assertThat(words.of(r)).isEqualTo("2023-11-14T22:13:20Z  1 ann  hello world  [31m");
        assertThat(parsed(r).get("text").asText()).isEqualTo("hello\nworld \u001b[31m");
    }

    @Test
    void anEmbedding() throws IOException {
        var r = record("1",
                codec.encode(new Embedding(new TextEvent("1", "hello", T, null, null, Map.of()),
                        new SourcePosition("texts", 0, 5), MODEL, "none", new float[]{1, 0, 0}, 4, true,
                        new TextHash(1, 2), 0, null), VectorEncoding.F32));
        assertThat(words.of(r)).isEqualTo("2023-11-14T22:13:20Z  1  [3 × F32, 4 tokens, truncated]  hello");
        assertThat(parsed(r).get("vector")).hasSize(3);
    }

    @Test
    void anAlert() throws IOException {
        var r = record("2",
                codec.encode(new Alert(AlertKind.NEAR_DUPLICATE, "2", "1", MatchKind.NEAR, 0.95344, 0.9, T, T - 1, 3,
                        true, List.of("big"), List.of("large", "very"), "a big cat", "a very large cat", List.of(),
                        MODEL)));
        assertThat(words.of(r)).isEqualTo(
                "2023-11-14T22:13:20Z  NEAR_DUPLICATE NEAR 0.9534 ×3  2 ~ 1  a big cat  +big  -large -very");
        assertThat(parsed(r).get("cluster_size").asLong()).isEqualTo(3);
    }

    @Test
    void anAlertOfAWatch() throws IOException {
        var r = record("2",
                codec.encode(new Alert(AlertKind.WATCH, "2", "storm", null, 0.71234, 0.6, T, T - 1, 0, false,
                        List.of("gale"), List.of(), "a gale", "storm", List.of("weather", "sea"), MODEL)));
        assertThat(words.of(r))
                .isEqualTo("2023-11-14T22:13:20Z  WATCH 0.7123  2 ~ storm [weather, sea]  a gale  +gale");
    }

    @Test
    void aDeletion() throws IOException {
        var r = record("9", null);
        assertThat(words.of(r)).isEqualTo("2023-11-14T22:13:20Z  9 deleted");
        assertThat(parsed(r)).isEqualTo(new ObjectMapper().readTree("{\"key\":\"9\",\"deleted\":true}"));
    }

    @Test
    void aDeadLetter() throws IOException {
        String[] headers = {"error.class", "EMPTY_TEXT", "error.message", "text is empty", "stage", "embed",
                "source.topic", "texts", "source.partition", "3", "source.offset", "12", "source.timestamp", "" + T};
        var text = record(null, bytes("{\"text\":\"\"}"), headers);
        assertThat(words.of(text)).isEqualTo("EMPTY_TEXT in embed at texts-3@12: text is empty");
        assertThat(parsed(text)).isEqualTo(new ObjectMapper().readTree("""
                {"key":null,"error_class":"EMPTY_TEXT","message":"text is empty","stage":"embed",
                 "source_topic":"texts","source_partition":3,"source_offset":12,"source_timestamp":1700000000000,
                 "value":"{\\"text\\":\\"\\"}","value_encoding":"utf-8"}"""));

        var binary = record("k", new byte[]{(byte) 0xC3, 1, (byte) 0xFF}, headers);
        assertThat(parsed(binary).get("value").asText()).isEqualTo("wwH/");
        assertThat(parsed(binary).get("value_encoding").asText()).isEqualTo("base64");

        var ours = record("k", codec.encode(new TextEvent("1", "x", T, null, null, Map.of())), headers);
        assertThat(words.of(ours)).startsWith("EMPTY_TEXT");
        assertThat(parsed(record(null, null, headers)).get("value").isNull()).isTrue();
    }

    @Test
    void bytesThatAreNotOurs() throws IOException {
        var text = record("k", bytes("{\"text\":\"hi\"}"));
        assertThat(words.of(text)).isEqualTo("2023-11-14T22:13:20Z  k  {\"text\":\"hi\"}");
        assertThat(parsed(text)).isEqualTo(new ObjectMapper().readTree("{\"topic\":\"t\",\"partition\":2,\"offset\":7,"
                + "\"timestamp\":1700000000000,\"key\":\"k\",\"value\":\"{\\\"text\\\":\\\"hi\\\"}\","
                + "\"value_encoding\":\"utf-8\"}"));
        assertThat(words.of(record(null, new byte[]{(byte) 0xFF, 1}))).isEqualTo("2023-11-14T22:13:20Z  -  (2 bytes)");
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        String line = words.of(record("k", bytes("😀".repeat(500))));
        assertThat(line).endsWith("😀".repeat(160) + "…").doesNotContain("😀".repeat(161));
    }
}
