package dev.semblance.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayFileTest {

    @TempDir
    Path dir;

    @Test
    void plainTextGoesOutLineByLineWithoutKeyAndTime() throws IOException {
        List<FeedRecord> found = read(file("first\r\n\n   \t\nzwölf 🌧️\n{\"not\":\"json here\"}\nlast"));
        assertThat(values(found)).containsExactly("first", "zwölf 🌧️", "{\"not\":\"json here\"}", "last");
        assertThat(found).allSatisfy(r -> {
            assertThat(r.key()).isNull();
            assertThat(r.eventTimeMs()).isEqualTo(-1);
        });
    }

    @Test
    void jsonLinesGetTheEventsIdAsKeyAndItsTime() throws IOException {
        List<FeedRecord> found = read(file("""

                  {"id":"a1","text":"x","created_at":"2013-12-31T23:10:08Z"}
                {"text":"no id","timestamp":1388531408}
                {"id":12,"id_str":"12345678901234567890","created_at":"Tue Dec 31 23:10:08 +0000 2013"}
                {"includes":{"users":[{"id":"7"}]},"data":{"id":"v2","created_at":"2013-12-31T23:10:08.000Z"}}
                """));
        assertThat(found).extracting(r -> r.key() == null ? null : new String(r.key(), UTF_8)).containsExactly("a1",
                null, "12345678901234567890", "v2");
        long expected = Instant.parse("2013-12-31T23:10:08Z").toEpochMilli();
        assertThat(found).extracting(FeedRecord::eventTimeMs).containsOnly(expected).hasSize(4);
        assertThat(new String(found.getFirst().value(), UTF_8)).startsWith("  {\"id\"");
    }

    @Test
    void mappedFieldsAreUsedInsteadOfTheKnownOnes() throws IOException {
        Path file = file("{\"id\":\"wrong\",\"meta\":{\"key\":\"right\",\"at\":1388531408000},\"a/b\":1}\n");
        try (ReplayFile replay = ReplayFile.open(file.toString(), "/meta/key", "/meta/at")) {
            FeedRecord record = replay.next();
            assertThat(record.key()).asString(UTF_8).isEqualTo("right");
            assertThat(record.eventTimeMs()).isEqualTo(1_388_531_408_000L);
        }
        try (ReplayFile replay = ReplayFile.open(file.toString(), "a/b", null)) {
            assertThat(replay.next().key()).asString(UTF_8).isEqualTo("1");
        }
    }

    @Test
    void brokenLinesPassUntouched() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("{\"id\":\"a\"}\n{\"id\":\"b\",\"text\":\"cu\n".getBytes(UTF_8));
        bytes.writeBytes(new byte[]{(byte) 0xff, 0, (byte) 0xc3, '(', '\n'});
        Path file = Files.write(dir.resolve("broken"), bytes.toByteArray());

        List<FeedRecord> found = read(file);

        assertThat(found).hasSize(3);
        assertThat(found.get(1).key()).asString(UTF_8).isEqualTo("b");
        assertThat(found.get(2).key()).isNull();
        assertThat(found.get(2).value()).isEqualTo(new byte[]{(byte) 0xff, 0, (byte) 0xc3, '('});
    }

    @Test
    void gzipIsKnownByItsBytesAndMembersAreJoined() throws IOException {
        Path file = dir.resolve("no-suffix");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(gzip("one\ntw"));
            out.write(gzip("o\nthree\n"));
        }
        assertThat(values(read(file))).containsExactly("one", "two", "three");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
        assertThat(values(read(file("\ufeff{\"id\":\"a\"}\n\ufeffkept\n")))).containsExactly("{\"id\":\"a\"}",
                "\ufeffkept");
    }

    @Test
    void aFileThatBreaksOffNamesItselfAndTheLine() throws IOException {
        byte[] whole = gzip("line of text\n".repeat(3) + new Random(7).ints(20_000).boxed().toList());
        Path file = Files.write(dir.resolve("cut.gz"), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> read(file)).isInstanceOf(UncheckedIOException.class).hasMessageContaining("cut.gz")
                .hasMessageContaining("line 4");
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() throws IOException {
        byte[] line = new byte[ReplayFile.MAX_LINE_BYTES];
        Arrays.fill(line, (byte) 'x');
        Path largest = Files.write(dir.resolve("largest"), line);
        assertThat(read(largest)).singleElement().satisfies(r -> assertThat(r.value()).hasSize(line.length));

        Path tooLong = Files.write(dir.resolve("too-long"), Arrays.copyOf(line, line.length + 1));
        assertThatThrownBy(() -> read(tooLong)).isInstanceOf(UncheckedIOException.class).hasMessageContaining("line 1")
                .hasMessageContaining("longer than 16777216 bytes");
    }

    @Test
    void whatCannotBeOpenedIsNamed() throws IOException {
        assertThatThrownBy(() -> ReplayFile.open(dir.resolve("none").toString())).isInstanceOf(IOException.class)
                .hasMessageContaining("none does not exist");
        assertThatThrownBy(() -> ReplayFile.open(dir.toString())).isInstanceOf(IOException.class)
                .hasMessageContaining("is a folder");
        Path stump = Files.write(dir.resolve("stump"), new byte[]{0x1f, (byte) 0x8b});
        assertThatThrownBy(() -> ReplayFile.open(stump.toString())).isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be unzipped");
    }

    @Test
    void anEmptyFileHasNoEvents() throws IOException {
        try (ReplayFile replay = ReplayFile.open(file("\n\r\n").toString())) {
            assertThat(replay.hasNext()).isFalse();
            assertThat(replay.lines()).isEqualTo(2);
            assertThatThrownBy(replay::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {"2013-12-31T23:10:08Z | 1388531408000",
            "2013-12-31 23:10:08+01:00 | 1388527808000", "1388531408 | 1388531408000", "1388531408123 | 1388531408123",
            "Tue Dec 31 23:10:08 +0000 2013 | 1388531408000", "yesterday evening | -1", "2013-12-31 | -1", "null | -1",
            "1800-01-01T00:00:00Z | -1", "99999999999999999999 | -1"})
    void timesAreReadAsSourcesWriteThem(String text, long expectedMs) {
        assertThat(EventTimes.parse(text)).isEqualTo(expectedMs);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(dir.resolve("file"), content);
    }

    private static List<FeedRecord> read(Path file) throws IOException {
        List<FeedRecord> found = new ArrayList<>();
        try (ReplayFile replay = ReplayFile.open(file.toString())) {
            replay.forEachRemaining(found::add);
        }
        return found;
    }

    private static List<String> values(List<FeedRecord> records) {
        return records.stream().map(r -> new String(r.value(), UTF_8)).toList();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}
