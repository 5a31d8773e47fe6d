package dev.semblance.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticFeedTest {

    private static final Instant END = Instant.parse("2026-03-01T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theSameArgumentsGiveTheSameBytes() {
        List<FeedRecord> first = read(5, 400);
        List<FeedRecord> second = read(5, 400);
        assertThat(second).hasSameSizeAs(first);
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i).key()).isEqualTo(first.get(i).key());
            assertThat(second.get(i).value()).isEqualTo(first.get(i).value());
            assertThat(second.get(i).eventTimeMs()).isEqualTo(first.get(i).eventTimeMs());
        }
        assertThat(read(6, 400).getFirst().value()).isNotEqualTo(first.getFirst().value());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 49, 50, 1_000, SyntheticFeed.DEFAULT_EVENTS})
    void countsAreAsAsked(int events) {
        SyntheticFeed feed = new SyntheticFeed(1, events, END);
        SyntheticFeed.Mix mix = feed.mix();
        assertThat(mix.chatter() + mix.copies() + mix.retweets() + mix.figures() + mix.broken()).isEqualTo(events);
        assertThat(read(1, events)).hasSize(events);
    }

    @Test
    void idsAreDistinctAndTimesAscendWithinTheDay() {
        List<FeedRecord> feed = read(2, 1_000);
        Set<String> ids = new HashSet<>();
        long last = END.minus(Duration.ofHours(24)).toEpochMilli();
        for (FeedRecord record : feed) {
            assertThat(ids.add(new String(record.key(), UTF_8))).isTrue();
            assertThat(record.eventTimeMs()).isBetween(last, END.toEpochMilli() - 1);
            last = record.eventTimeMs();
        }
    }

    @Test
    void wholeRecordsHaveTheFieldsOfTheLineFormat() throws IOException {
        int whole = 0;
        for (FeedRecord record : read(3, 1_000)) {
            JsonNode json = parse(record.value());
            if (json != null && json.hasNonNull("text")
                    && Instant.parse(json.path("created_at").asText())
                            .equals(Instant.ofEpochMilli(record.eventTimeMs()))
                    && !json.path("text").asText().isBlank() && record.value().length < 65_536) {
                whole++;
                assertThat(json.path("id").asText()).isEqualTo(new String(record.key(), UTF_8));
                assertThat(json.path("user").asText()).isNotEmpty();
            }
        }
        assertThat(whole).isEqualTo(1_000 - new SyntheticFeed(3, 1_000, END).mix().broken());
    }

    @Test
    void burstsOfCopiesAreThereAndOneIsLarge() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        for (FeedRecord record : read(4, SyntheticFeed.DEFAULT_EVENTS)) {
            JsonNode json = parse(record.value());
            if (json != null && json.hasNonNull("text")) {
                counts.merge(json.get("text").asText(), 1, Integer::sum);
            }
        }
        assertThat(counts.values()).anyMatch(n -> n > 100);
        assertThat(counts.values().stream().filter(n -> n > 1).count()).isGreaterThan(10);
    }

    /** The grammar's promise: what is not copied, retweeted or counted shares few words with anything else. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void chatterDoesNotRepeatItself(long seed) {
        Chatter chatter = new Chatter(new java.util.Random(seed));
        List<Set<String>> texts = new ArrayList<>();
        double closest = 0;
        for (int i = 0; i < 700; i++) {
            Set<String> words = Set.copyOf(new HashSet<>(List.of(chatter.next().toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("[^\\p{L} -]", "").strip().split("\\s+", -1))));
            for (Set<String> other : texts) {
                long shared = words.stream().filter(other::contains).count();
                closest = Math.max(closest, (double) shared / (words.size() + other.size() - shared));
            }
            texts.add(words);
        }
        assertThat(closest).as("seed %d: shared words over all words, closest pair", seed).isLessThan(0.75);
    }

    @Test
    void everyKindOfBrokenRecordIsBrokenInItsWay() throws IOException {
        Instant time = END;
        for (BrokenRecord kind : BrokenRecord.values()) {
            byte[] value = kind.value("s1", "u", time);
            JsonNode json = parse(value);
            switch (kind) {
                case CUT_JSON -> assertThat(json).isNull();
                case EMPTY_TEXT -> assertThat(json.get("text").asText()).isEmpty();
                case BLANK_TEXT -> assertThat(json.get("text").asText()).isNotEmpty().isBlank();
                case MISSING_TEXT -> assertThat(json.has("text")).isFalse();
                case INVALID_UTF8 -> assertThatThrownBy(() -> UTF_8.newDecoder().decode(ByteBuffer.wrap(value)))
                        .isInstanceOf(CharacterCodingException.class);
                case FAR_FUTURE -> assertThat(Instant.parse(json.get("created_at").asText()))
                        .isAfter(time.plus(Duration.ofDays(36_500)));
                case TOO_LARGE -> assertThat(json.get("text").asText().getBytes(UTF_8).length).isGreaterThan(65_536);
                case BROKEN_AVRO -> assertThat(value).startsWith((byte) 0xc3, 0x01);
            }
        }
    }

    @Test
    void moreThanFitsInMemoryIsRefused() {
        assertThatThrownBy(() -> new SyntheticFeed(1, SyntheticFeed.MAX_EVENTS + 1, END))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1000001");
    }

    private static JsonNode parse(byte[] value) throws IOException {
        try {
            return JSON.readTree(value);
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            return null;
        }
    }

    private static List<FeedRecord> read(long seed, int events) {
        List<FeedRecord> found = new ArrayList<>();
        new SyntheticFeed(seed, events, END).forEachRemaining(found::add);
        return found;
    }
}
