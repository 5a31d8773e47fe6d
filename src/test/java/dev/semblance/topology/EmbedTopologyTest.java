package dev.semblance.topology;

import static dev.semblance.topology.EmbedDriver.T;
import static dev.semblance.topology.Letters.coordinates;
import static dev.semblance.topology.Letters.header;
import static dev.semblance.topology.Letters.message;
import static dev.semblance.topology.Letters.reason;
import static dev.semblance.topology.Letters.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.infer.DeviceLostException;
import dev.semblance.record.DeadLetter;
import dev.semblance.record.Embedding;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.record.WatchVector;
import dev.semblance.text.FakeTokenizer;
import dev.semblance.text.TextFingerprint;
import dev.semblance.topology.ScriptedEngine.WhenAwaited;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbedTopologyTest {

    private static final String TEXTS = "texts-in-flight";
    private static final String WATCHES = "watches-in-flight";

    @ParameterizedTest
    @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
    void outputsKeepTheOrderOfTheRecords(String guarantee) {
        try (EmbedDriver embed = new EmbedDriver("processing.guarantee=" + guarantee)) {
            embed.text(0, "a", "one").text(1, "b", "two").text(2, "c", "three").tick();
            assertThat(embed.nothingForwarded()).isTrue();
            assertThat(embed.slots(TEXTS)).hasSize(3);

            embed.engine.complete(2, 1);
            assertThat(embed.tick().nothingForwarded()).isTrue();

            embed.engine.complete(0);
            List<TestRecord<byte[], byte[]>> out = embed.tick().embeddings();
            assertThat(out).extracting(r -> utf8(r.key())).containsExactly("a", "b", "c");
            assertThat(out).extracting(TestRecord::timestamp).containsExactly(T, T + 1000, T + 2000);
            for (int i = 0; i < 3; i++) {
                assertThat(embed.codec.decodeEmbedding(out.get(i).value()).vector())
                        .isEqualTo(ScriptedEngine.vector(i));
            }
            embed.tick();
            assertThat(embed.slots(TEXTS)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
    void orderHoldsWhateverTheEngineDoes(String guarantee) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            try (EmbedDriver embed = new EmbedDriver("processing.guarantee=" + guarantee, "embed.inflight.max=8")) {
                embed.engine.whenAwaited(WhenAwaited.ANSWER);
                List<String> expected = new ArrayList<>();
                List<String> rejected = new ArrayList<>();
                List<String> out = new ArrayList<>();
                List<String> letters = new ArrayList<>();
                List<Integer> open = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    int before = embed.engine.submitted();
                    String key = "k" + i;
                    switch (random.nextInt(6)) {
                        case 0 -> {
                            embed.text(i, key, " ");
                            rejected.add(key);
                        }
                        case 1 -> {
                            embed.text(i, key, null);
                            expected.add(key);
                        }
                        default -> {
                            embed.text(i, key, "text " + i);
                            expected.add(key);
                        }
                    }
                    for (int n = before; n < embed.engine.submitted(); n++) {
                        open.add(n);
                    }
                    while (!open.isEmpty() && random.nextInt(3) == 0) {
                        embed.engine.complete(open.remove(random.nextInt(open.size())));
                    }
                    if (random.nextBoolean()) {
                        embed.tick();
                    }
                    out.addAll(embed.embeddedKeys());
                    assertThat(embed.slots(TEXTS)).as("seed %d", seed).hasSizeLessThanOrEqualTo(16);
                }
                embed.engine.completeAll();
                out.addAll(embed.tick().embeddedKeys());
                embed.deadLetters().forEach(r -> letters.add(utf8(r.key())));
                assertThat(out).as("seed %d", seed).isEqualTo(expected);
                assertThat(letters).as("seed %d", seed).isEqualTo(rejected);
                embed.tick();
                assertThat(embed.slots(TEXTS)).as("seed %d", seed).isEmpty();
            }
        }
    }

    @Test
    void anEmbeddingSaysWhereItComesFrom() {
        try (EmbedDriver embed = new EmbedDriver()) {
            embed.text(0, null, "filler").text(1, "key", """
                    {"id":"77","text":"Up 5 % in one day","created_at":"2024-05-01T11:58:00.000Z","lang":"en",
                     "source":"web"}""");
            embed.engine.complete(0, 1);
            List<TestRecord<byte[], byte[]>> out = embed.tick().embeddings();

            assertThat(utf8(out.get(0).key())).isEqualTo("texts-0-0");
            Embedding e = embed.codec.decodeEmbedding(out.get(1).value());
            String text = "Up 5 % in one day";
            assertThat(utf8(out.get(1).key())).isEqualTo("77");
            assertThat(e.event())
                    .isEqualTo(new TextEvent("77", text, T - 120_000, null, "en", Map.of("source", "web")));
            assertThat(e.source()).isEqualTo(new SourcePosition("texts", 0, 1));
            assertThat(e.model()).isEqualTo(ScriptedEngine.MODEL);
            assertThat(e.preprocessing()).isEqualTo("none");
            assertThat(e.tokenCount()).isEqualTo(8);
            assertThat(e.truncated()).isFalse();
            assertThat(e.textHash()).isEqualTo(TextFingerprint.hash(text));
            assertThat(e.figuresHash()).isEqualTo(TextFingerprint.figures(text)).isNotZero();
            assertThat(e.sourceValue()).isNull();
        }
    }

    @Test
    void truncationIsTold() {
        try (EmbedDriver embed = new EmbedDriver()) {
            embed.text(0, "a", "one two three four five six seven");
            embed.engine.complete(0);
            Embedding e = embed.tick().embedding();
            assertThat(e.truncated()).isTrue();
            assertThat(e.tokenCount()).isEqualTo(8);
            assertThat(embed.registry.get("semblance.embed.truncated").counter().count()).isEqualTo(1);
        }
    }

    @Test
    void aDeadLetterCarriesItsOwnCoordinatesWhileALaterRecordIsCurrent() {
        try (EmbedDriver embed = new EmbedDriver()) {
            Headers headers = new RecordHeaders().add("trace", utf8("t-1")).add("none", null);
            embed.text(0, "a", "one").text(1, "bad", "  \t ", headers).text(2, "c", "three");
            assertThat(embed.nothingForwarded()).isTrue();
            embed.engine.complete(0, 1);
            // Forwarded from within process() of this record, whose own coordinates are in the context.
            embed.text(3, "d", "four", new RecordHeaders().add("trace", utf8("t-3")));

            assertThat(embed.embeddedKeys()).containsExactly("a", "c");
            TestRecord<byte[], byte[]> letter = embed.deadLetter();
            assertThat(utf8(letter.key())).isEqualTo("bad");
            assertThat(utf8(letter.value())).isEqualTo("  \t ");
            assertThat(letter.timestamp()).isEqualTo(T + 1000);
            assertThat(coordinates(letter)).isEqualTo("embed texts-0@1 " + (T + 1000));
            assertThat(reason(letter)).isEqualTo("EMPTY_TEXT");
            assertThat(message(letter)).contains("white space");
            assertThat(letter.headers().headers("trace")).hasSize(1);
            assertThat(header(letter, "trace")).isEqualTo("t-1");
            assertThat(letter.headers().lastHeader("none").value()).isNull();
        }
    }

    @Test
    void aPoisonousTextIsTakenOutAndItsNeighboursGoOn() {
        try (EmbedDriver embed = new EmbedDriver()) {
            embed.text(0, "a", "one").text(1, "b", "rejected by the model").text(2, "c", "three")
                    .text(3, "d", "an " + FakeTokenizer.POISON + " text").text(4, "e", "five");
            assertThat(embed.engine.submitted()).isEqualTo(4);
            embed.engine.complete(0, 2, 3);
            embed.engine.reject(1);
            embed.tick();

            assertThat(embed.embeddedKeys()).containsExactly("a", "c", "e");
            List<TestRecord<byte[], byte[]>> letters = embed.deadLetters();
            assertThat(letters).extracting(Letters::reason).containsExactly("POISON_TEXT", "POISON_TEXT");
            assertThat(letters).extracting(Letters::coordinates)
                    .containsExactly("embed texts-0@1 " + (T + 1000), "embed texts-0@3 " + (T + 3000));
            assertThat(message(letters.get(0))).isEqualTo("the model rejects it");
            assertThat(message(letters.get(1))).contains(FakeTokenizer.POISON);
            assertThat(embed.registry.get("semblance.dead.letters").tag("reason", "POISON_TEXT").counter().count())
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostDeviceEscapesAndNothingAfterItGoesOut(boolean whilePunctuating) {
        try (EmbedDriver embed = new EmbedDriver()) {
            embed.text(0, "a", "one").text(1, "b", "two").text(2, "c", "three");
            embed.engine.complete(0);
            assertThat(embed.tick().embeddedKeys()).containsExactly("a");
            embed.engine.loseDevice(1);
            embed.engine.complete(2);
            assertThatThrownBy(() -> {
                if (whilePunctuating) {
                    embed.tick();
                } else {
                    embed.text(3, "d", "four");
                }
            }).hasRootCauseInstanceOf(DeviceLostException.class).hasRootCauseMessage("the cable was pulled");

            // The driver shows no output of a call that failed: the meters tell what was forwarded.
            assertThat(embed.registry.get("semblance.embed.events").counter().count()).isEqualTo(1);
            assertThat(embed.registry.find("semblance.dead.letters").counter()).isNull();
            assertThat(embed.slots(TEXTS)).as("b and c are left to a successor").hasSize(2);
        }
    }

    @Test
    void aFullStageWaitsForItsOldestRecord() {
        try (EmbedDriver embed = new EmbedDriver("embed.inflight.max=2")) {
            embed.engine.whenAwaited(WhenAwaited.ANSWER);
            embed.text(0, "a", "one").text(1, "b", "two");
            assertThat(embed.engine.awaited()).isZero();
            embed.text(2, "c", "three");
            assertThat(embed.engine.awaited()).isEqualTo(1);
            assertThat(embed.embeddedKeys()).containsExactly("a");
            assertThat(embed.slots(TEXTS)).hasSize(2);
        }
    }

    @Test
    void aVectorThatDoesNotComeStopsTheStage() {
        try (EmbedDriver embed = new EmbedDriver("embed.inflight.max=1")) {
            embed.engine.whenAwaited(WhenAwaited.TIME_OUT);
            embed.text(0, "a", "one");
            assertThatThrownBy(() -> embed.text(1, "b", "two"))
                    .hasStackTraceContaining("no vector after 240 s");
            assertThat(embed.nothingForwarded()).isTrue();
        }
    }

    @Test
    void deletesPassInOrder() {
        try (EmbedDriver embed = new EmbedDriver()) {
            embed.text(0, "a", "one").text(1, "a", null).text(2, "b", "two").tick();
            assertThat(embed.nothingForwarded()).as("a delete does not overtake its event").isTrue();
            embed.engine.complete(0, 1);
            List<TestRecord<byte[], byte[]>> out = embed.tick().embeddings();
            assertThat(out).extracting(r -> utf8(r.key())).containsExactly("a", "a", "b");
            assertThat(out.get(1).value()).isNull();
            assertThat(out.get(1).timestamp()).isEqualTo(T + 1000);

            embed.text(3, "never heard of", null);
            assertThat(embed.embeddedKeys()).containsExactly("never heard of");
            assertThat(embed.registry.get("semblance.embed.deletes").counter().count()).isEqualTo(2);
            assertThat(embed.registry.get("semblance.embed.events").counter().count()).isEqualTo(2);

            embed.text(4, null, null);
            TestRecord<byte[], byte[]> letter = embed.deadLetter();
            assertThat(reason(letter)).isEqualTo("NULL_RECORD");
            assertThat(letter.key()).isNull();
            assertThat(letter.value()).isNull();
        }
    }

    @Test
    void anArrayGoesOutOnceAllItsEventsAreDone() {
        try (EmbedDriver embed = new EmbedDriver()) {
            String array = """
                    [{"id":"1","text":"one"},{"id":"2","text":" "},{"text":"three"}]""";
            embed.text(0, "key", array).text(1, "z", "after");
            assertThat(embed.engine.submitted()).isEqualTo(3);
            embed.engine.complete(1, 2);
            assertThat(embed.tick().nothingForwarded()).isTrue();
            assertThat(embed.slots(TEXTS)).as("one a record").hasSize(2);

            embed.engine.complete(0);
            assertThat(embed.tick().embeddedKeys()).containsExactly("1", "texts-0-0-2", "z");
            TestRecord<byte[], byte[]> letter = embed.deadLetter();
            assertThat(utf8(letter.value())).isEqualTo(array);
            assertThat(reason(letter)).isEqualTo("EMPTY_TEXT");
            assertThat(message(letter)).startsWith("item 1 of 3: ");
            assertThat(coordinates(letter)).isEqualTo("embed texts-0@0 " + T);
        }
    }

    @Test
    void textsNeedNotBeKept() {
        try (EmbedDriver embed = new EmbedDriver("text.keep=false")) {
            embed.text(0, "a", "Secret 7");
            embed.engine.complete(0);
            Embedding e = embed.tick().embedding();
            assertThat(e.event().text()).isNull();
            assertThat(e.textHash()).isEqualTo(TextFingerprint.hash("Secret 7"));
            assertThat(e.figuresHash()).isEqualTo(TextFingerprint.figures("Secret 7"));
        }
    }

    @Test
    void sourcesCanBeKept() {
        try (EmbedDriver embed = new EmbedDriver("source.keep=true")) {
            String source = "{ \"text\" : \"caf\\u00e9\" }";
            embed.text(0, "a", source);
            embed.engine.complete(0);
            Embedding e = embed.tick().embedding();
            assertThat(e.event().text()).isEqualTo("café");
            assertThat(utf8(e.sourceValue())).isEqualTo(source);
        }
    }

    @ParameterizedTest
    @EnumSource(VectorEncoding.class)
    void vectorsAreEncodedAsConfigured(VectorEncoding encoding) {
        double tolerance = switch (encoding) {
            case F32 -> 0;
            case F16 -> 1e-3;
            case I8 -> 1.0 / 127;
        };
        try (EmbedDriver embed = new EmbedDriver("vector.encoding=" + encoding)) {
            embed.text(0, "a", "one").watch(0, "w", "{\"text\":\"two\"}");
            embed.engine.complete(0, 1);
            TestRecord<byte[], byte[]> out = embed.tick().embeddings().getFirst();
            Embedding e = embed.codec.decodeEmbedding(out.value());
            assertThat(out.value()).isEqualTo(embed.codec.encode(new Embedding(e.event(), e.source(), e.model(),
                    e.preprocessing(), ScriptedEngine.vector(0), e.tokenCount(), e.truncated(), e.textHash(),
                    e.figuresHash(), null), encoding));
            assertClose(e.vector(), ScriptedEngine.vector(0), tolerance);
            assertClose(embed.codec.decodeWatchVector(embed.watchVectors().getFirst().value()).vector(),
                    ScriptedEngine.vector(1), tolerance);
        }
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
    void watchesGetVectorsByTheSameEngine(String guarantee) {
        try (EmbedDriver embed = new EmbedDriver("processing.guarantee=" + guarantee)) {
            embed.watch(0, "w1", "{\"text\":\"rate cut\",\"threshold\":0.8,\"labels\":[\"fed\"]}")
                    .watch(1, "w1", null).watch(2, "w2", "{\"threshold\":0.8}").watch(3, "w3", "{\"text\":\"x\"}")
                    .watch(4, "w4", "{\"text\":\"" + FakeTokenizer.POISON + "\"}").tick();
            assertThat(embed.nothingForwarded()).isTrue();
            assertThat(embed.slots(WATCHES)).hasSize(5);
            embed.engine.complete(1, 0);
            List<TestRecord<byte[], byte[]>> out = embed.tick().watchVectors();

            assertThat(out).extracting(r -> utf8(r.key())).containsExactly("w1", "w1", "w3");
            WatchVector first = embed.codec.decodeWatchVector(out.getFirst().value());
            assertThat(first.watch().text()).isEqualTo("rate cut");
            assertThat(first.watch().threshold()).isEqualTo(0.8);
            assertThat(first.watch().labels()).containsExactly("fed");
            assertThat(first.model()).isEqualTo(ScriptedEngine.MODEL);
            assertThat(first.vector()).isEqualTo(ScriptedEngine.vector(0));
            assertThat(out.get(1).value()).isNull();

            List<TestRecord<byte[], byte[]>> letters = embed.deadLetters();
            assertThat(letters).extracting(Letters::reason).containsExactly("MISSING_TEXT", "POISON_TEXT");
            assertThat(letters).extracting(Letters::coordinates)
                    .containsExactly("embed watches-0@2 " + (T + 2000), "embed watches-0@4 " + (T + 4000));
            assertThat(utf8(letters.getFirst().value())).isEqualTo("{\"threshold\":0.8}");
            embed.tick();
            assertThat(embed.slots(WATCHES)).isEmpty();
            assertThat(embed.embeddings()).isEmpty();
        }
    }

    @Test
    void textsAndWatchesDoNotWaitForEachOther() {
        try (EmbedDriver embed = new EmbedDriver()) {
            embed.watch(0, "w", "{\"text\":\"slow\"}").text(0, "a", "fast");
            embed.engine.complete(1);
            assertThat(embed.tick().embeddedKeys()).containsExactly("a");
            assertThat(embed.watchVectors()).isEmpty();
        }
    }

    @Test
    void gaugesLiveAsLongAsTheirTasks() {
        MeterRegistry registry;
        try (EmbedDriver embed = new EmbedDriver()) {
            registry = embed.registry;
            embed.text(0, "a", "one");
            assertThat(registry.get("semblance.embed.in.flight").gauges().stream().mapToDouble(g -> g.value()).sum())
                    .isEqualTo(1);
            embed.engine.complete(0);
            embed.tick();
            assertThat(registry.get("semblance.embed.latency").timer().count()).isEqualTo(1);
        }
        assertThat(registry.find("semblance.embed.in.flight").gauges()).isEmpty();
    }
}
