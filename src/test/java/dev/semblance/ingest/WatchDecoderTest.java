package dev.semblance.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config.TextsFormat;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.TextEvent;
import dev.semblance.record.Watch;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchDecoderTest {

    private final RecordCodec codec = new RecordCodec();
    private final WatchDecoder decoder = new WatchDecoder(Raw.texts(TextsFormat.AUTO));

    @Test
    void jsonAndAvro() {
        Watch watch = new Watch("k", "flood", 0.8, List.of("a", "b"));
        assertThat(decode("{\"text\":\"flood\",\"threshold\":0.8,\"labels\":[\"a\",\"b\"]}")).isEqualTo(watch);
        assertThat(decode("{\"id\":\"k\",\"text\":\"flood\",\"threshold\":0.8,\"labels\":[\"a\",\"b\"]}"))
                .isEqualTo(watch);
        assertThat(accepted(Raw.of(codec.encode(watch)))).isEqualTo(watch);
        assertThat(accepted(Raw.of(codec.encode(new Watch("", "flood", 0.8, List.of("a", "b")))))).isEqualTo(watch);
    }

    @Test
    void thresholdAndLabelsMayBeLeftOut() {
        assertThat(decode("{\"text\":\"flood\"}")).isEqualTo(new Watch("k", "flood", null, List.of()));
        assertThat(decode("{\"text\":\"flood\",\"threshold\":null,\"labels\":null}"))
                .isEqualTo(new Watch("k", "flood", null, List.of()));
    }

    @Test
    void aNullValueRemoves() {
        assertThat(decoder.decode(Raw.of("w-1", null))).isEqualTo(new WatchOutcome.Removed("w-1"));
    }

    @Test
    void theKeyIsTheId() {
        assertRejected(Raw.of((String) null, "{\"text\":\"x\"}"), Reason.INVALID_ID, "key is null");
        assertRejected(Raw.of((String) null, null), Reason.NULL_RECORD, "key is null");
        assertRejected(Raw.of("", "{\"text\":\"x\"}"), Reason.INVALID_ID, "blank");
        assertRejected(Raw.of(new byte[]{(byte) 0x80}, Raw.utf8("{\"text\":\"x\"}"), 1), Reason.INVALID_UTF8, "key");
        assertRejected(Raw.of("k", "{\"id\":\"other\",\"text\":\"x\"}"), Reason.INVALID_ID, "\"other\"", "\"k\"");
        assertRejected(Raw.of(codec.encode(new Watch("other", "x", null, List.of()))), Reason.INVALID_ID, "\"other\"");
    }

    @Test
    void textsKeepTheRulesOfEvents() {
        assertRejected("{}", Reason.MISSING_TEXT, "field text");
        assertRejected("{\"text\":null}", Reason.MISSING_TEXT, "field text");
        assertRejected("", Reason.MISSING_TEXT, "\"k\"");
        assertRejected("{\"text\":\" \"}", Reason.EMPTY_TEXT, "white space");
        assertRejected(Raw.of(codec.encode(new Watch("k", "", null, List.of()))), Reason.EMPTY_TEXT, "is empty");
        assertRejected("{\"text\":\"" + "x".repeat(101) + "\"}", Reason.TOO_LARGE, "101", "text.max.bytes=100");
        assertRejected("{\"text\":\"\\ud800\"}", Reason.INVALID_UTF8, "U+D800");
        assertRejected("{\"text\":7}", Reason.MALFORMED, "field text is of type number");
    }

    @Test
    void thresholdsAndLabelsAreBounded() {
        assertThat(decode("{\"text\":\"x\",\"threshold\":0.5}").threshold()).isEqualTo(0.5);
        assertThat(decode("{\"text\":\"x\",\"threshold\":0.999}").threshold()).isEqualTo(0.999);
        for (String bad : List.of("0.49", "0.9991", "1", "-1", "1e999", "90")) {
            assertRejected("{\"text\":\"x\",\"threshold\":" + bad + "}", Reason.INVALID_WATCH, "threshold", "0.5",
                    "0.999");
        }
        assertRejected("{\"text\":\"x\",\"threshold\":\"0.8\"}", Reason.INVALID_WATCH, "threshold is of type string");
        assertRejected(Raw.of(codec.encode(new Watch("k", "x", Double.NaN, List.of()))), Reason.INVALID_WATCH, "NaN");
        assertRejected("{\"text\":\"x\",\"labels\":\"a\"}", Reason.INVALID_WATCH, "not an array of strings");
        assertRejected("{\"text\":\"x\",\"labels\":[1]}", Reason.INVALID_WATCH, "not an array of strings");
        assertRejected("{\"text\":\"x\",\"labels\":[\"" + "l".repeat(257) + "\"]}", Reason.INVALID_WATCH, "257", "256");
        assertRejected(Raw.of(codec.encode(new Watch("k", "x", null, Collections.nCopies(65, "l")))),
                Reason.INVALID_WATCH, "65", "64");
    }

    @Test
    void misspeltFieldsAndOtherFormatsAreRefused() {
        assertRejected("{\"text\":\"x\",\"treshold\":0.8}", Reason.INVALID_WATCH, "\"treshold\"",
                "text, threshold and labels");
        assertRejected("flood", Reason.MALFORMED, "neither Avro nor a JSON object", "flood");
        assertRejected("[{\"text\":\"x\"}]", Reason.MALFORMED, "is of type array");
        assertRejected("{\"text\":", Reason.MALFORMED, "line 1, column");
        assertRejected(Raw.of(codec.encode(new TextEvent("k", "x", 1, null, null, Map.of()))), Reason.MALFORMED,
                "TextEvent");
        assertRejected(Raw.of(new byte[]{0, 0, 0, 0, 7, 2}), Reason.UNKNOWN_SCHEMA, "schema id 7");
        assertRejected(Raw.of(new byte[]{'{', (byte) 0xFF}), Reason.INVALID_UTF8, "offset 1");
    }

    private Watch decode(String value) {
        return accepted(Raw.of(value));
    }

    private Watch accepted(RawRecord raw) {
        WatchOutcome outcome = decoder.decode(raw);
        assertThat(outcome).isInstanceOf(WatchOutcome.Accepted.class);
        return ((WatchOutcome.Accepted) outcome).watch();
    }

    private void assertRejected(String value, Reason reason, String... parts) {
        assertRejected(Raw.of(value), reason, parts);
    }

    private void assertRejected(RawRecord raw, Reason reason, String... parts) {
        WatchOutcome outcome = decoder.decode(raw);
        assertThat(outcome).isInstanceOf(WatchOutcome.Rejected.class);
        Rejection rejection = ((WatchOutcome.Rejected) outcome).rejection();
        assertThat(rejection.reason()).as(rejection.message()).isEqualTo(reason);
        assertThat(rejection.message()).contains(parts);
    }
}
