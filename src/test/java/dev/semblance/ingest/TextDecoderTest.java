package dev.semblance.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config.TextsFormat;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.TextEvent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats, ids, times and sizes; what JSON events look like is {@link JsonEventsTest}'s. */
class TextDecoderTest {

    private final RecordCodec codec = new RecordCodec();

    @Test
    void plainTextTakesIdAndTimeFromItsRecord() {
        assertThat(accepted(Raw.of("Grüße 🌍"))).isEqualTo(event("k", "Grüße 🌍", Raw.KAFKA_MS));
        assertThat(accepted(Raw.of((String) null, "hello")).id()).isEqualTo("texts-3-17");
        assertThat(accepted(Raw.of("", "hello")).id()).isEqualTo("texts-3-17");
        assertThat(accepted(Raw.of(new byte[]{(byte) 0xFF}, Raw.utf8("hello"), 5)).id()).isEqualTo("texts-3-17");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[Breaking] news", "[1,2]", "[]", "\"quoted\"", "12", "null", "a {\"text\":1}",
            "\u0001\u0000x",
            "\u0000\u0000", "<xml/>", " (tab)\t"})
    void whatIsNoJsonObjectIsPlainText(String text) {
        assertThat(accepted(Raw.of(text)).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"text\":\"x\"}", " \n\t{\"text\":\"x\"}", "\uFEFF{\"text\":\"x\"}",
            "[{\"text\":\"x\"}]", "\r\n[ {\"text\":\"x\"} ]"})
    void jsonIsSniffed(String value) {
        assertThat(accepted(Raw.of(value)).text()).isEqualTo("x");
    }

    @Test
    void aTextThatOnlyBeginsLikeJsonIsMalformedUnlessPlainIsSet() {
        assertRejected(Raw.of("{sigh} another monday"), Reason.MALFORMED, "line 1, column", "not valid JSON");
        assertThat(accepted(TextsFormat.PLAIN, Raw.of("{sigh} another monday")).text()).startsWith("{sigh}");
        assertThat(accepted(TextsFormat.PLAIN, Raw.of("\u0000\u0000\u0000\u0000\u0001x")).text()).hasSize(6);
    }

    @Test
    void avroIsSniffedAndKeepsEverything() {
        TextEvent event = new TextEvent("e", "hello", 1_000, "u", "en", Map.of("a", "b"));
        assertThat(accepted(Raw.of(codec.encode(event)))).isEqualTo(event);
        assertThat(accepted(TextsFormat.AVRO, Raw.of(codec.encode(event, new byte[]{1})))).isEqualTo(event);
        assertThat(accepted(Raw.of(codec.encode(event("", "x", 7)))).id()).isEqualTo("k");
    }

    @Test
    void avroEventsKeepTheSameRules() {
        assertRejected(avro(event(" ", "x", 7)), Reason.INVALID_ID, "blank");
        assertRejected(avro(event("e", null, 7)), Reason.MISSING_TEXT, "field text is missing or null");
        assertRejected(avro(event("e", "", 7)), Reason.EMPTY_TEXT, "field text is empty");
        assertRejected(avro(event("e", "x", -7)), Reason.INVALID_TIMESTAMP, "event_time_ms is negative: -7");
        assertRejected(avro(event("e", "x", Long.MAX_VALUE)), Reason.FUTURE_TIMESTAMP, "2024-05-01T12:10:00Z");
        assertRejected(avro(event("e", "y".repeat(101), 7)), Reason.TOO_LARGE, "101", "text.max.bytes=100");
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i <= EventRules.MAX_ATTRIBUTES; i++) {
            many.put("a" + i, "");
        }
        assertRejected(avro(new TextEvent("e", "x", 7, null, null, many)), Reason.TOO_LARGE, "257", "256");
        assertRejected(avro(new TextEvent("e", "x", 7, "u".repeat(262_145), null, Map.of())), Reason.TOO_LARGE,
                "262145",
                "262144");
    }

    private RawRecord avro(TextEvent event) {
        return Raw.of(codec.encode(event));
    }

    @Test
    void brokenOrForeignAvroIsRefused() {
        byte[] value = codec.encode(event("e", "hello", 7));
        assertRejected(Raw.of(Arrays.copyOf(value, value.length - 2)), Reason.MALFORMED, "field attributes");
        assertRejected(Raw.of(HexFormat.of().parseHex("c301ffeeddccbbaa998800")), Reason.UNKNOWN_SCHEMA,
                "8899aabbccddeeff");
        assertRejected(Raw.of(HexFormat.of().parseHex("000000002a02")), Reason.UNKNOWN_SCHEMA, "schema id 42",
                "no schema registry");
        Alert alert = new Alert(AlertKind.BURST, "a", "b", null, 1, 1, 1, 1, 1, false, List.of(), List.of(), null, null,
                List.of(), new ModelIdentity("m", "r", 1, "cls", true, 1, "fp32"));
        assertRejected(Raw.of(codec.encode(alert)), Reason.MALFORMED, "Alert", "TextEvent");
        assertThat(decode(TextsFormat.AVRO, Raw.of("hello"))).satisfiesExactly(o -> assertThat(rejection(o).message())
                .contains("no Avro single-object header"));
    }

    @Test
    void aNullValueDeletesTheIdInTheKey() {
        assertThat(decode(TextsFormat.AUTO, Raw.of("e-9", null))).containsExactly(new TextOutcome.Deleted("e-9"));
        assertRejected(Raw.of((String) null, null), Reason.NULL_RECORD, "key is null", "delete");
        assertRejected(Raw.of("", null), Reason.INVALID_ID, "blank");
        assertRejected(Raw.of("x".repeat(1025), null), Reason.INVALID_ID, "1025", "1024");
        assertRejected(Raw.of(new byte[]{'a', (byte) 0x80}, null, 5), Reason.INVALID_UTF8, "0x80", "offset 1 of 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "\u00A0", "\u2003\u200B", "\uFEFF", "\u200D\u2060\u180E", "\u3164",
            "\u2800",
            "\u00AD", "\u2028", "\uDB40\uDC01"})
    void invisibleTextsAreEmpty(String text) {
        assertRejected(Raw.of(text), Reason.EMPTY_TEXT, "empty", "white space");
        assertRejected(Raw.of("{\"text\":\"" + text.replace("\n", "\\n").replace("\t", "\\t") + "\"}"),
                Reason.EMPTY_TEXT, "empty", "white space");
    }

    @Test
    void controlCharactersAreKept() {
        assertThat(accepted(Raw.of("a\u0000b\u0007")).text()).isEqualTo("a\u0000b\u0007");
        assertThat(accepted(Raw.of("{\"text\":\"\\u0000\\u0001\"}")).text()).isEqualTo("\u0000\u0001");
    }

    @Test
    void sizeIsMeasuredInUtf8() {
        String fits = "é".repeat(50);
        assertThat(accepted(Raw.of(fits)).text()).isEqualTo(fits);
        assertThat(accepted(Raw.of("{\"text\":\"" + fits + "\"}")).text()).isEqualTo(fits);
        assertRejected(Raw.of(fits + "x"), Reason.TOO_LARGE, "101 bytes", "text.max.bytes=100");
        assertRejected(Raw.of("{\"text\":\"" + fits + "x\"}"), Reason.TOO_LARGE, "field text", "101 bytes",
                "text.max.bytes=100");
    }

    @Test
    void invalidUtf8IsNamedByItsOffset() {
        assertRejected(Raw.of(new byte[]{'a', 'b', (byte) 0xC3, '('}), Reason.INVALID_UTF8, "0xc3", "offset 2 of 4");
        byte[] json = Raw.utf8("{\"text\":\"a?\"}");
        json[10] = (byte) 0xE9;
        assertRejected(Raw.of(json), Reason.INVALID_UTF8, "0xe9", "offset 10");
    }

    @Test
    void unpairedSurrogatesAreRefusedWhereverTheyAre() {
        assertRejected(Raw.of("{\"text\":\"ab\\ud800\"}"), Reason.INVALID_UTF8, "unpaired surrogate U+D800 at char 2");
        assertRejected(Raw.of("{\"text\":\"ab\",\"user\":\"\\udc00\"}"), Reason.INVALID_UTF8, "field user", "U+DC00");
        assertRejected(Raw.of("{\"text\":\"ab\",\"id\":\"\\udc00\"}"), Reason.INVALID_UTF8, "id", "U+DC00");
        assertRejected(Raw.of("{\"text\":\"ab\",\"\\udc00\":1}"), Reason.MALFORMED, "surrogate in field name");
        assertRejected(Raw.of("{\"text\":\"ab\",\"x\":[\"\\udc00\"]}"), Reason.INVALID_UTF8, "field x", "U+DC00");
        assertThat(accepted(Raw.of("{\"text\":\"\\ud83d\\ude00\"}")).text()).isEqualTo("😀");
    }

    @Test
    void withoutATimeTheRecordsTimestampCounts() {
        assertThat(accepted(Raw.of("{\"text\":\"x\"}")).eventTimeMs()).isEqualTo(Raw.KAFKA_MS);
        assertRejected(Raw.of(null, Raw.utf8("x"), -1), Reason.INVALID_TIMESTAMP, "record's timestamp", "-1");
        assertRejected(Raw.of(null, Raw.utf8("x"), Raw.NOW_MS + 600_001), Reason.FUTURE_TIMESTAMP,
                "record's timestamp");
    }

    @Test
    void theFutureBeginsAtTheSkew() {
        assertThat(accepted(Raw.of("{\"text\":\"x\",\"timestamp\":\"2024-05-01T12:10:00Z\"}")).eventTimeMs())
                .isEqualTo(Raw.NOW_MS + 600_000);
        assertRejected(Raw.of("{\"text\":\"x\",\"timestamp\":\"2024-05-01T12:10:00.001Z\"}"), Reason.FUTURE_TIMESTAMP,
                "field timestamp is 2024-05-01T12:10:00.001Z", "later than 2024-05-01T12:10:00Z",
                "max.future.skew=10m");
        assertRejected(Raw.of("{\"text\":\"x\",\"timestamp\":\"soon\"}"), Reason.INVALID_TIMESTAMP, "timestamp",
                "\"soon\"");
        assertRejected(Raw.of("{\"text\":\"x\",\"timestamp\":-5}"), Reason.INVALID_TIMESTAMP, "negative: -5000");
    }

    @Test
    void idsAreBounded() {
        assertThat(accepted(Raw.of("{\"text\":\"x\",\"id\":\"" + "i".repeat(1024) + "\"}")).id()).hasSize(1024);
        assertRejected(Raw.of("{\"text\":\"x\",\"id\":\"" + "i".repeat(1025) + "\"}"), Reason.INVALID_ID, "1025",
                "1024");
        assertRejected(Raw.of("{\"text\":\"x\",\"id\":\"\"}"), Reason.INVALID_ID, "blank");
        assertRejected(Raw.of("{\"text\":\"x\",\"id\":\" \\u200b\"}"), Reason.INVALID_ID, "blank");
        assertRejected(Raw.of("{\"text\":\"x\",\"id\":1.5}"), Reason.INVALID_ID, "whole number", "1.5");
        assertRejected(Raw.of("x".repeat(1025), "hello"), Reason.INVALID_ID, "the record's key", "1025");
    }

    @Test
    void aMessageShowsLittleOfTheValue() {
        String secret = "s".repeat(5_000);
        for (String value : List.of("{\"text\":[\"" + secret + "\"]}", "{\"text\":" + secret + "}",
                "{\"text\":\"x\",\"timestamp\":\"" + secret + "\"}", "{\"text\":\"x\",\"id\":[\"" + secret + "\"]}",
                "[{\"text\":\"x\"},\"" + secret + "\"]", "{\"" + "s".repeat(900) + "\":1,\"" + "s".repeat(900)
                        + "\":1}")) {
            List<TextOutcome> outcomes = decode(TextsFormat.AUTO, Raw.of(value));
            assertThat(rejection(outcomes.getLast()).message()).hasSizeLessThan(300).doesNotContain("s".repeat(101));
        }
    }

    private static TextEvent event(String id, String text, long eventTimeMs) {
        return new TextEvent(id, text, eventTimeMs, null, null, Map.of());
    }

    private static List<TextOutcome> decode(TextsFormat format, RawRecord raw) {
        return new TextDecoder(Raw.texts(format), () -> Raw.NOW_MS).decode(raw);
    }

    private static TextEvent accepted(RawRecord raw) {
        return accepted(TextsFormat.AUTO, raw);
    }

    private static TextEvent accepted(TextsFormat format, RawRecord raw) {
        List<TextOutcome> outcomes = decode(format, raw);
        assertThat(outcomes).hasSize(1).first().isInstanceOf(TextOutcome.Accepted.class);
        return ((TextOutcome.Accepted) outcomes.getFirst()).event();
    }

    private static Rejection rejection(TextOutcome outcome) {
        assertThat(outcome).isInstanceOf(TextOutcome.Rejected.class);
        return ((TextOutcome.Rejected) outcome).rejection();
    }

    /** All parts must be in the message; for EMPTY_TEXT one of them. */
    private static void assertRejected(RawRecord raw, Reason reason, String... parts) {
        List<TextOutcome> outcomes = decode(TextsFormat.AUTO, raw);
        assertThat(outcomes).hasSize(1);
        Rejection rejection = rejection(outcomes.getFirst());
        assertThat(rejection.reason()).as(rejection.message()).isEqualTo(reason);
        if (reason == Reason.EMPTY_TEXT) {
            assertThat(rejection.message()).containsAnyOf(parts);
        } else {
            assertThat(rejection.message()).contains(parts);
        }
    }
}
