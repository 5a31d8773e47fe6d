package dev.semblance.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.Config.TextsFormat;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.TextEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shapes of JSON that carry events. */
class JsonEventsTest {

    private static final Config.Texts KNOWN_NAMES = Raw.texts(TextsFormat.JSON);

    @Test
    void ourOwnLines() {
        assertThat(one("""
                {"id": "42", "text": "hello", "created_at": "2013-12-31T23:10:08Z", "user": "anna", "lang": "en",
                 "rt_of": null, "score": 1.50, "big": 123456789012345678901, "ok": true, "geo": {"a": [1, "x"]}}"""))
                .isEqualTo(new TextEvent("42", "hello", Instant.parse("2013-12-31T23:10:08Z").toEpochMilli(), "anna",
                        "en", Map.of("score", "1.50", "big", "123456789012345678901", "ok", "true", "geo",
                                "{\"a\":[1,\"x\"]}")));
        TextEvent numbers = one("{\"id\": 9007199254740993, \"text\": \"x\", \"timestamp\": 1700000000}");
        assertThat(numbers.id()).isEqualTo("9007199254740993");
        assertThat(numbers.eventTimeMs()).isEqualTo(1_700_000_000_000L);
    }

    @Test
    void xApiV2Bare() {
        TextEvent event = one("""
                {"id":"1","text":"cut …","note_tweet":{"text":"the whole long text"},"author_id":"77",
                 "created_at":"2023-01-02T03:04:05.678Z","lang":"en","public_metrics":{"like_count":3}}""");
        assertThat(event.text()).isEqualTo("the whole long text");
        assertThat(event.user()).isEqualTo("77");
        assertThat(event.eventTimeMs()).isEqualTo(Instant.parse("2023-01-02T03:04:05.678Z").toEpochMilli());
        assertThat(event.attributes()).isEqualTo(Map.of("author_id", "77", "public_metrics", "{\"like_count\":3}"));
    }

    @Test
    void xApiV2Wrapped() {
        TextEvent event = one("""
                {"data":{"id":"1","text":"x","author_id":"77"},
                 "includes":{"users":[{"id":"76","username":"bob"},{"id":"77","username":"anna"}]},
                 "matching_rules":[{"tag":"quakes"}]}""");
        assertThat(event.user()).isEqualTo("anna");
        assertThat(event.attributes())
                .isEqualTo(Map.of("author_id", "77", "matching_rules", "[{\"tag\":\"quakes\"}]"));
    }

    @Test
    void xApiV2WrappedArray() {
        List<TextOutcome> outcomes = decode(KNOWN_NAMES, """
                {"data":[{"id":"1","text":"x","author_id":"77"},{"text":"y"}],"meta":{"result_count":2},
                 "includes":{"users":[{"id":"77","username":"anna"}]}}""");
        assertThat(outcomes).hasSize(2);
        assertThat(accepted(outcomes.getFirst()).user()).isEqualTo("anna");
        assertThat(accepted(outcomes.getLast()).id()).isEqualTo("texts-3-17-1");
        assertThat(accepted(outcomes.getLast()).attributes()).isEmpty();
    }

    @Test
    void xApiV11() {
        TextEvent event = one("""
                {"created_at":"Wed Oct 10 20:19:24 +0000 2018","id":1050118621198921728,"id_str":"1050118621198921728",
                 "text":"cut…","extended_tweet":{"full_text":"all of it"},"timestamp_ms":"1539202764123",
                 "user":{"id":6253282,"screen_name":"anna","name":"Anna"},"lang":"en","retweet_count":160}""");
        assertThat(event.id()).isEqualTo("1050118621198921728");
        assertThat(event.text()).isEqualTo("all of it");
        assertThat(event.user()).isEqualTo("anna");
        assertThat(event.eventTimeMs()).isEqualTo(1539202764123L);
        assertThat(event.attributes()).containsOnlyKeys("created_at", "user", "retweet_count");
        assertThat(one("{\"id_str\":\"5\",\"full_text\":\"long\",\"text\":\"lo…\","
                + "\"created_at\":\"Wed Oct 10 20:19:24 +0000 2018\"}"))
                .isEqualTo(new TextEvent("5", "long", 1539202764000L, null, null, Map.of()));
    }

    @Test
    void aV11RetweetIsPutTogetherFromItsOriginal() {
        TextEvent event = one("""
                {"id_str":"2","full_text":"RT @bob: a long te…","retweeted_status":{"id_str":"1",
                 "full_text":"a long text to its end","user":{"screen_name":"bob"}}}""");
        assertThat(event.text()).isEqualTo("RT @bob: a long text to its end");
        assertThat(event.attributes()).isEqualTo(Map.of("retweeted_status_id", "1"));
    }

    @Test
    void mappedFields() {
        Config.Texts mapped = new Config.Texts(TextsFormat.JSON, "/meta/ids/1", "data.body", "when", "/by/name", 100,
                Duration.ofMinutes(10));
        TextEvent event = accepted(decode(mapped, """
                {"meta":{"ids":[7,8],"v":1},"data":{"body":"hello","more":2},"when":"2020-01-01T00:00:00Z",
                 "by":{"name":"anna"},"text":"not this one","id":"nor this"}""").getFirst());
        assertThat(event).isEqualTo(new TextEvent("8", "hello", Instant.parse("2020-01-01T00:00:00Z").toEpochMilli(),
                "anna", null, Map.of("meta", "{\"ids\":[7,null],\"v\":1}", "data", "{\"more\":2}", "by", "{}", "text",
                        "not this one", "id", "nor this")));
    }

    @Test
    void mappedFieldsThatAreMissing() {
        Config.Texts mapped = new Config.Texts(TextsFormat.JSON, "a.b", "c.d", "e", "f", 100, Duration.ofMinutes(10));
        TextEvent event = accepted(decode(mapped, "{\"c.d\":\"hello\",\"created_at\":\"2020\"}").getFirst());
        assertThat(event).isEqualTo(
                new TextEvent("k", "hello", Raw.KAFKA_MS, null, null, Map.of("created_at", "2020")));
        Rejection missing = rejection(decode(mapped, "{\"text\":\"hello\"}").getFirst());
        assertThat(missing.reason()).isEqualTo(Reason.MISSING_TEXT);
        assertThat(missing.message()).contains("c.d (texts.json.text)");
    }

    @Test
    void itemsOfAnArrayStandForThemselves() {
        List<TextOutcome> outcomes = decode(KNOWN_NAMES,
                "[{\"text\":\"a\"},{\"text\":\"\"},5,{\"id\":\"own\",\"text\":\"b\"}]");
        assertThat(outcomes).hasSize(4);
        assertThat(accepted(outcomes.get(0)).id()).isEqualTo("texts-3-17-0");
        assertThat(rejection(outcomes.get(1)).reason()).isEqualTo(Reason.EMPTY_TEXT);
        assertThat(rejection(outcomes.get(1)).message()).startsWith("item 1 of 4: ");
        assertThat(rejection(outcomes.get(2)).message()).startsWith("item 2 of 4: it is of type number");
        assertThat(accepted(outcomes.get(3)).id()).isEqualTo("own");
    }

    @Test
    void arraysAreBounded() {
        String hundred = IntStream.range(0, 100).mapToObj(i -> "{\"text\":\"x\"}")
                .collect(Collectors.joining(",", "[", ""));
        assertThat(decode(KNOWN_NAMES, hundred + "]")).hasSize(100)
                .allMatch(o -> o instanceof TextOutcome.Accepted);
        assertRefused(hundred + ",{}]", Reason.TOO_LARGE, "101 events", "100");
        assertRefused("{\"data\":" + hundred + ",{}]}", Reason.TOO_LARGE, "field data", "101 events");
        assertRefused("[]", Reason.MALFORMED, "holds no event");
    }

    @Test
    void missingTextsAreNamed() {
        assertRefused("{}", Reason.MISSING_TEXT, "field text");
        assertRefused("{\"text\":null}", Reason.MISSING_TEXT, "field text");
        assertRefused("{\"data\":{\"id\":\"1\"}}", Reason.MISSING_TEXT, "field text");
        assertRefused("{\"text\":5}", Reason.MALFORMED, "field text is of type number");
        assertRefused("{\"note_tweet\":{\"text\":[]}}", Reason.MALFORMED, "field note_tweet.text is of type array");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"text\":}", "{\"text\":\"x\"} {}", "{\"text\":\"x\"}]", "{'text':'x'}",
            "{\"text\":\"a\nb\"}", "{\"text\":\"x\",}", "{\"text\":\"\\x\"}", "\"text\"", "7", "null", "NaN",
            "{\"text\":\"x\",\"text\":\"y\"}", "{\"text\":\"x\",\"a\":{\"b\":1,\"b\":2}}", "{\"text\":\"x\",\"a\":01}"})
    void whatIsNoJsonEventIsMalformedOrEmpty(String value) {
        List<TextOutcome> outcomes = decode(KNOWN_NAMES, value);
        assertThat(outcomes).hasSize(1);
        assertThat(rejection(outcomes.getFirst()).reason()).as(rejection(outcomes.getFirst()).message())
                .isEqualTo(value.isEmpty() ? Reason.EMPTY_TEXT : Reason.MALFORMED);
    }

    @Test
    void jsonErrorsSayWhereAndWhy() {
        assertRefused("{\"text\":\"x\",\n \"a\": oops}", Reason.MALFORMED, "line 2, column", "oops");
        assertRefused("{\"text\":\"x\",\"a\":1,\"a\":2}", Reason.MALFORMED, "line 1, column", "uplicate", "a");
    }

    @Test
    void bombsAreRefused() {
        assertRefused("{\"text\":\"x\",\"a\":" + "[".repeat(64) + "]".repeat(64) + "}", Reason.TOO_LARGE, "depth",
                "64");
        assertRefused("{\"text\":\"x\",\"a\":" + "9".repeat(1001) + "}", Reason.TOO_LARGE, "1001");
        assertRefused("{\"text\":\"x\",\"" + "n".repeat(1001) + "\":1}", Reason.TOO_LARGE, "1000");
        assertRefused("{\"text\":\"" + "n".repeat(1_100_000) + "\"}", Reason.TOO_LARGE, "1048576");
        assertRefused("{\"text\":\"x\",\"a\":\"" + "n".repeat(262_144) + "\"}", Reason.TOO_LARGE, "262145", "262144");
        String fields = IntStream.range(0, 257).mapToObj(i -> ",\"f" + i + "\":1").collect(Collectors.joining());
        assertRefused("{\"text\":\"x\"" + fields + "}", Reason.TOO_LARGE, "257", "256");
        assertThat(one("{\"text\":\"x\",\"a\":1e999999999,\"b\":1e-999999999}").attributes())
                .isEqualTo(Map.of("a", "1E+999999999", "b", "1E-999999999"));
        assertRefused("{\"text\":\"x\",\"timestamp\":1e999999999}", Reason.INVALID_TIMESTAMP, "1E+999999999");
        assertRefused("{\"text\":\"x\",\"timestamp\":1e-999999999}", Reason.INVALID_TIMESTAMP, "1E-999999999");
    }

    private static List<TextOutcome> decode(Config.Texts texts, String value) {
        return new TextDecoder(texts, () -> Raw.NOW_MS).decode(Raw.of(value));
    }

    private static TextEvent one(String value) {
        List<TextOutcome> outcomes = decode(KNOWN_NAMES, value);
        assertThat(outcomes).hasSize(1);
        return accepted(outcomes.getFirst());
    }

    private static TextEvent accepted(TextOutcome outcome) {
        assertThat(outcome).isInstanceOf(TextOutcome.Accepted.class);
        return ((TextOutcome.Accepted) outcome).event();
    }

    private static Rejection rejection(TextOutcome outcome) {
        assertThat(outcome).isInstanceOf(TextOutcome.Rejected.class);
        return ((TextOutcome.Rejected) outcome).rejection();
    }

    private static void assertRefused(String value, Reason reason, String... parts) {
        List<TextOutcome> outcomes = decode(KNOWN_NAMES, value);
        assertThat(outcomes).hasSize(1);
        assertThat(rejection(outcomes.getFirst()).reason()).as(rejection(outcomes.getFirst()).message())
                .isEqualTo(reason);
        assertThat(rejection(outcomes.getFirst()).message()).contains(parts);
    }
}
