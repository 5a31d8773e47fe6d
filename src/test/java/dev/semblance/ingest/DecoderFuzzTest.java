package dev.semblance.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.codec.Utf8;
import dev.semblance.config.Config;
import dev.semblance.config.Config.TextsFormat;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.record.TextEvent;
import dev.semblance.record.Watch;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Broken records of every kind: each gives outcomes that keep the rules, and nothing throws. */
class DecoderFuzzTest {

    private static final int MUTATIONS = 20_000;
    private static final RecordCodec CODEC = new RecordCodec();
    private static final List<byte[]> VALUES = List.of(
            Raw.utf8("{\"id\":\"42\",\"text\":\"héllo 🌍 \\ud83d\\ude00\",\"created_at\":\"2013-12-31T23:10:08Z\","
                    + "\"user\":\"anna\",\"x\":[1.5e3,{\"y\":null}]}"),
            Raw.utf8("[{\"text\":\"a\",\"timestamp\":1700000000},{\"id\":7,\"text\":\"b\"}]"),
            Raw.utf8("{\"data\":[{\"id\":\"1\",\"text\":\"x\",\"author_id\":\"77\"}],\"includes\":{\"users\":"
                    + "[{\"id\":\"77\",\"username\":\"anna\"}]}}"),
            Raw.utf8("{\"id_str\":\"2\",\"retweeted_status\":{\"text\":\"t\",\"user\":{\"screen_name\":\"b\"}},"
                    + "\"created_at\":\"Wed Oct 10 20:19:24 +0000 2018\",\"timestamp_ms\":\"1539202764123\"}"),
            Raw.utf8("plain tëxt 🌍"),
            CODEC.encode(new TextEvent("e", "hëllo", 1_000, "u", "en", Map.of("a", "b", "c", "d"))),
            CODEC.encode(new Watch("k", "flood", 0.8, List.of("a", "b"))),
            Raw.utf8("{\"text\":\"flood\",\"threshold\":0.8,\"labels\":[\"a\",\"b\"]}"));
    /** Bytes that mean something to one of the formats. */
    private static final byte[] TELLING = Raw.utf8("{}[]\",:\\u0d8-e.9 \n\u0000\u0001");

    @Test
    void everyRecordGivesOutcomesThatKeepTheRules() {
        TextDecoder auto = new TextDecoder(Raw.texts(TextsFormat.AUTO), () -> Raw.NOW_MS);
        TextDecoder mapped = new TextDecoder(
                new Config.Texts(TextsFormat.AUTO, "/x/1/y", "text", "a.b", "user", 100, Duration.ofMinutes(10)),
                () -> Raw.NOW_MS);
        WatchDecoder watches = new WatchDecoder(Raw.texts(TextsFormat.AUTO));
        Set<Rejection.Reason> seen = EnumSet.noneOf(Rejection.Reason.class);
        for (long seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] value = mutate(VALUES.get(random.nextInt(VALUES.size())), random);
            byte[] key = random.nextInt(4) == 0 ? null : mutate(Raw.utf8("key"), random);
            RawRecord raw = Raw.of(key, value, Raw.KAFKA_MS);
            try {
                check(auto.decode(raw), seen);
                check(mapped.decode(raw), seen);
                if (watches.decode(raw) instanceof WatchOutcome.Rejected rejected) {
                    check(rejected.rejection());
                }
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(seen).contains(Rejection.Reason.MALFORMED, Rejection.Reason.INVALID_UTF8,
                Rejection.Reason.MISSING_TEXT, Rejection.Reason.UNKNOWN_SCHEMA, Rejection.Reason.INVALID_TIMESTAMP);
    }

    private static void check(List<TextOutcome> outcomes, Set<Rejection.Reason> seen) {
        assertThat(outcomes).isNotEmpty();
        for (TextOutcome outcome : outcomes) {
            switch (outcome) {
                case TextOutcome.Accepted(TextEvent event) -> {
                    assertThat(event.id()).isNotBlank();
                    assertThat(Utf8.sizeBytes(event.text())).isBetween(1L, (long) Raw.MAX_BYTES);
                    assertThat(Utf8.unpairedSurrogate(event.text())).isEqualTo(-1);
                    assertThat(event.eventTimeMs()).isBetween(0L, Raw.NOW_MS + 600_000);
                    assertThat(CODEC.decodeTextEvent(CODEC.encode(event))).isEqualTo(event);
                }
                case TextOutcome.Rejected(Rejection rejection) -> {
                    check(rejection);
                    seen.add(rejection.reason());
                }
                case TextOutcome.Deleted(String id) -> throw new AssertionError("no value was null: " + id);
            }
        }
    }

    private static void check(Rejection rejection) {
        assertThat(rejection.message()).isNotBlank().hasSizeLessThan(800);
        assertThat(Utf8.unpairedSurrogate(rejection.message())).as(rejection.message()).isEqualTo(-1);
    }

    private static byte[] mutate(byte[] value, Random random) {
        byte[] mutated = value.clone();
        for (int n = random.nextInt(4); n > 0 && mutated.length > 0; n--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(5)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = (byte) random.nextInt();
                case 2 -> mutated[at] = TELLING[random.nextInt(TELLING.length)];
                case 3 -> mutated = Arrays.copyOf(mutated, at);
                default -> {
                    int length = random.nextInt(mutated.length - at) + 1;
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + length);
                    System.arraycopy(mutated, at, longer, at + length, mutated.length - at);
                    mutated = longer;
                }
            }
        }
        return mutated;
    }
}
