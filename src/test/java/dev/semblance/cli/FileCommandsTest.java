package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that need no broker, with the embedded model, on a handful of lines. */
class FileCommandsTest {

    private static final int DIMENSION = 384;

    @TempDir
    private Path folder;

    private String file(String... lines) throws IOException {
        return Files.write(folder.resolve("lines"), Arrays.asList(lines)).toString();
    }

    private static List<JsonNode> parsed(String out) {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> nodes = new ArrayList<>();
        out.lines().forEach(line -> {
            try {
                nodes.add(json.readTree(line));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return nodes;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static double norm(JsonNode vector) {
        double squares = 0;
        for (JsonNode component : vector) {
            squares += component.doubleValue() * component.doubleValue();
        }
        return Math.sqrt(squares);
    }

    @Test
    void embedWritesALineAText() throws IOException {
        Cli run = Cli.run("embed", file("The sky is blue", "", "Es regnet, „ständig“ 😀", "The sky is blue"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).endsWith("}\n").doesNotContain("\n\n");
        List<JsonNode> lines = parsed(run.out());
        assertThat(lines).hasSize(3).allSatisfy(line -> {
            assertThat(names(line)).containsExactly("id", "text", "vector", "tokens", "truncated");
            assertThat(line.get("vector")).hasSize(DIMENSION);
            assertThat(norm(line.get("vector"))).isCloseTo(1, within(1e-5));
            assertThat(line.get("truncated").booleanValue()).isFalse();
        });
        assertThat(lines).extracting(line -> line.get("id").textValue()).as("numbers of the lines")
                .containsExactly("1", "3", "4");
        assertThat(lines.get(0).get("tokens").intValue()).isEqualTo(6);
        assertThat(lines.get(1).get("text").textValue()).isEqualTo("Es regnet, „ständig“ 😀");
        assertThat(lines.get(2).get("vector")).isEqualTo(lines.get(0).get("vector"));
    }

    @Test
    void embedTruncatesAndLeavesLengthsOnDemand() throws IOException {
        Cli run = Cli.run("embed", file("{\"id\":\"a\",\"text\":\"one two three four five six seven\"}"),
                "--max-tokens", "8",
                "--no-normalize");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode line = parsed(run.out()).getFirst();
        assertThat(line.get("id").textValue()).isEqualTo("a");
        assertThat(line.get("tokens").intValue()).isEqualTo(8);
        assertThat(line.get("truncated").booleanValue()).isTrue();
        assertThat(norm(line.get("vector"))).isGreaterThan(1.5);
    }

    @Test
    void embedWritesMatrices() throws IOException {
        String texts = file("one", "two");
        Path npy = folder.resolve("out.npy");
        Cli toFile = Cli.run("embed", texts, "--format", "npy", "--out", npy.toString());
        assertThat(toFile.code()).as(toFile.err()).isZero();
        assertThat(toFile.bytes()).isEmpty();
        byte[] matrix = Files.readAllBytes(npy);
        assertThat(Cli.run("embed", texts, "--format", "npy").bytes()).isEqualTo(matrix);

        int dataBytes = 2 * DIMENSION * Float.BYTES;
        ByteBuffer data = ByteBuffer.wrap(matrix, matrix.length - dataBytes, dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode line : parsed(Cli.run("embed", texts).out())) {
            for (JsonNode component : line.get("vector")) {
                assertThat(data.getFloat()).isEqualTo(component.floatValue());
            }
        }
    }

    @Test
    void embedWritesAvroFilesThatOthersRead() throws IOException {
        String texts = file("{\"id\":\"a\",\"text\":\"one\",\"created_at\":\"2024-05-01T12:00:00Z\"}", "", "two");
        Path avro = folder.resolve("out.avro");
        Cli toFile = Cli.run("embed", texts, "--format", "avro", "--out", avro.toString(), "-o", "source.keep=true");
        assertThat(toFile.code()).as(toFile.err()).isZero();
        assertThat(toFile.bytes()).isEmpty();
        assertThat(Cli.run("embed", texts, "--format", "avro", "-o", "source.keep=true").bytes())
                .as("the same input, the same bytes").isEqualTo(Files.readAllBytes(avro));

        List<GenericRecord> records = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(avro.toFile(), new GenericDatumReader<>())) {
            reader.forEach(records::add);
        }
        assertThat(records).extracting(r -> r.get("id").toString()).containsExactly("a", "3");
        assertThat(records).extracting(r -> r.get("text").toString()).containsExactly("one", "two");
        assertThat(records).extracting(r -> r.get("event_time_ms")).containsExactly(1_714_564_800_000L, 0L);
        assertThat(records).extracting(r -> r.get("source_offset")).containsExactly(1L, 3L);
        assertThat(records).extracting(r -> r.get("source_value"))
                .last().isEqualTo(ByteBuffer.wrap("two".getBytes(StandardCharsets.UTF_8)));
        List<JsonNode> lines = parsed(Cli.run("embed", texts).out());
        for (int i = 0; i < 2; i++) {
            ByteBuffer vector = ((ByteBuffer) records.get(i).get("vector")).order(ByteOrder.LITTLE_ENDIAN);
            for (JsonNode component : lines.get(i).get("vector")) {
                assertThat(vector.getFloat()).isEqualTo(component.floatValue());
            }
            assertThat(vector.hasRemaining()).isFalse();
        }
    }

    @Test
    void brokenLinesAreNamedAndTheOthersGoOn() throws IOException {
        Cli run = Cli.run("embed", file("{\"id\":\"a\",\"text\":\"fine\"}", "", "{\"id\":\"b\",\"text\":\" \"}",
                "{\"id\":\"c\",", "{\"id\":\"d\",\"text\":\"fine too\"}"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(parsed(run.out())).extracting(line -> line.get("id").textValue()).containsExactly("a", "d");
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err()).contains("line 3: EMPTY_TEXT: ", "line 4: MALFORMED: ");
    }

    @Test
    void nothingGivesNothing() throws IOException {
        Cli embed = Cli.run("embed", file(""));
        assertThat(embed.code()).isZero();
        assertThat(embed.bytes()).isEmpty();
        Cli dedup = Cli.run("dedup", file(""));
        assertThat(dedup.code()).isZero();
        assertThat(dedup.bytes()).isEmpty();
        assertThat(dedup.err()).isEqualTo("0 events, 0 duplicates, 0 late, 0 rejected\n");
    }

    private static String event(String id, String time, String text) {
        return "{\"id\":\"%s\",\"created_at\":\"2024-05-01T%sZ\",\"text\":\"%s\"}".formatted(id, time, text);
    }

    @Test
    void dedupSaysWhatRepeatsWhat() throws IOException {
        Cli run = Cli.run("dedup", file(
                event("3", "12:02:00", "Apple shares rise 5% after strong earnings"),
                event("1", "12:00:00", "Apple shares rise 5% after strong earnings report"),
                event("2", "12:01:00", "APPLE shares rise 5% after strong earnings report"),
                event("4", "12:03:00", "Apple shares rise 9% after strong earnings report"),
                event("5", "12:04:00", "The cat sleeps on the sofa")));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEqualTo("5 events, 3 duplicates, 0 late, 0 rejected\n");
        List<JsonNode> lines = parsed(run.out());
        assertThat(lines).allSatisfy(line -> assertThat(names(line)).containsExactly("id", "duplicateOf", "similarity",
                "kind", "clusterSize"));
        assertThat(lines).extracting(line -> line.get("id").textValue()).as("in event-time order")
                .containsExactly("1", "2", "3", "4", "5");
        assertThat(lines).extracting(line -> line.get("kind").textValue())
                .containsExactly(null, "EXACT", "NEAR", "VARIANT", null);
        assertThat(lines).extracting(line -> line.get("duplicateOf").textValue())
                .containsExactly(null, "1", "1", "1", null);
        assertThat(lines).extracting(line -> line.get("clusterSize").intValue()).containsExactly(1, 2, 3, 4, 1);
        assertThat(run.out().lines().findFirst().orElseThrow())
                .isEqualTo("{\"id\":\"1\",\"duplicateOf\":null,\"similarity\":null,\"kind\":null,\"clusterSize\":1}");
        assertThat(lines.get(1).get("similarity").doubleValue()).isCloseTo(1, within(1e-5));
        assertThat(lines.get(2).get("similarity").doubleValue()).isBetween(0.9, 1.0);
    }

    @Test
    void dedupLooksAsFarBackAsToldAndAsClose() throws IOException {
        String events = file(event("1", "12:00:00", "Apple shares rise 5% after strong earnings report"),
                event("2", "12:00:30", "Apple shares rise 5% after strong earnings"),
                event("3", "12:10:00", "Apple shares rise 5% after strong earnings report"));
        assertThat(parsed(Cli.run("dedup", events, "--window", "1m").out()))
                .extracting(line -> line.get("duplicateOf").textValue()).containsExactly(null, "1", null);
        assertThat(parsed(Cli.run("dedup", events, "--threshold", "0.999").out()))
                .extracting(line -> line.get("duplicateOf").textValue()).containsExactly(null, null, "1");
    }

    @Test
    void pairsAreWrittenOnceEachTheEarlierFirst() throws IOException {
        String events = file(event("c", "12:02:00", "Apple shares rise 5% after strong earnings"),
                event("b", "12:01:00", "APPLE shares rise 5% after strong earnings report"),
                event("a", "12:00:00", "Apple shares rise 5% after strong earnings report"),
                event("d", "12:03:00", "The cat sleeps on the sofa"));
        Cli run = Cli.run("dedup", events, "--pairs");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEqualTo("4 events, 3 pairs, 0 late, 0 rejected\n");
        List<JsonNode> lines = parsed(run.out());
        assertThat(lines).allSatisfy(line -> assertThat(names(line)).containsExactly("a", "b", "similarity", "kind"));
        assertThat(lines).extracting(line -> line.get("kind").textValue() + " " + line.get("a").textValue()
                + line.get("b").textValue()).containsExactly("EXACT ab", "NEAR ac", "NEAR bc");
        assertThat(lines.get(1).get("similarity").doubleValue()).isBetween(0.9, 1.0);
        assertThat(Cli.run("dedup", events, "-o", "detect.mode=pairs").out()).isEqualTo(run.out());
        assertThat(parsed(Cli.run("dedup", events, "--pairs", "--window", "1m").out())).hasSize(2);
        assertThat(Cli.run("dedup", events, "--pairs", "--sweep").err()).contains("detect.mode=pairs (--pairs)");
        assertThat(Cli.run("dedup", events, "--pairs", "-o", "refresh=true").err())
                .startsWith("semblance: refresh=true: detect.mode=pairs has no originals");
    }

    @Test
    void sweepShowsWhatEachThresholdWouldDo() throws IOException {
        String events = file(event("1", "12:00:00", "Apple shares rise 5% after strong earnings report"),
                event("2", "12:01:00", "APPLE shares rise 5% after strong earnings report"),
                event("3", "12:02:00", "Apple shares rise 5% after strong earnings"),
                event("4", "12:03:00", "The cat sleeps on the sofa"));
        Cli table = Cli.run("dedup", events, "--sweep", "--thresholds", "0.999,0.9");
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.err()).isEqualTo("4 events, 0 rejected\n");
        assertThat(table.out()).startsWith("4 events, 0 of them late; window 24h; suppressed kinds: EXACT, NEAR\n\n")
                .contains("      0.90           2   50.0%         1         1         0           2\n",
                        "     0.999           1   25.0%         1         0         0           3\n",
                        "EXACT only           1   25.0%         1         0         0           3\n",
                        "\n0.90 just joins:\n  0.9", "differs: -report\n");
        List<JsonNode> rows = parsed(Cli.run("dedup", events, "--sweep", "--json").out());
        assertThat(rows).hasSize(10).allSatisfy(row -> assertThat(names(row)).containsExactly("threshold", "events",
                "late", "suppressed", "unique", "exact", "near", "variant", "above", "below"));
        assertThat(rows).extracting(row -> row.get("suppressed").intValue()).isSortedAccordingTo(
                java.util.Comparator.reverseOrder()).startsWith(2).endsWith(1);
        assertThat(rows.getLast().get("threshold").isNull()).isTrue();
        assertThat(rows.getFirst().get("above").get(0).get("onlyInOriginal").get(0).textValue()).isEqualTo("report");
        assertThat(parsed(Cli.run("dedup", events, "--sweep", "--json", "--limit", "2", "--thresholds", "0.9").out()))
                .extracting(row -> row.get("events").intValue()).containsExactly(2, 2);
    }

    @Test
    void sweepRefusesWhatItCannotUse() {
        assertThat(Cli.run("dedup", "x", "--sweep", "--threshold", "0.9").code()).isEqualTo(2);
        assertThat(Cli.run("dedup", "x", "--json").code()).as("only with --sweep").isEqualTo(2);
        assertThat(Cli.run("dedup", "x", "--sweep", "--examples", "101").err())
                .contains("--examples=101: expected 0 to 100");
        assertThat(Cli.run("dedup", "x", "--sweep", "--thresholds", "0.9,1.5").err())
                .startsWith("semblance: threshold=1.5: ");
    }

    @Test
    void dedupReadsGzipAndNamesBrokenLines() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write((event("1", "12:00:00", "one") + "\n{\"id\":\"x\"}\n" + event("2", "12:00:01", "one"))
                    .getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(folder.resolve("events.jsonl.gz"), zipped.toByteArray());
        Cli run = Cli.run("dedup", file.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(parsed(run.out())).hasSize(2);
        assertThat(run.err()).startsWith("line 2: MISSING_TEXT: ")
                .endsWith("2 events, 1 duplicates, 0 late, 1 rejected\n");
    }

    @Test
    void similarIsTheCosine() {
        assertThat(Cli.run("similar", "a red car", "a red car").out()).isEqualTo("1.0000\n");
        Cli close = Cli.run("similar", "The cat sits on the mat", "A cat is sitting on the mat");
        assertThat(close.code()).isZero();
        assertThat(close.out()).matches("0\\.[89]\\d{3}\n");
        assertThat(Cli.run("similar", "The cat sits on the mat", "Interest rates rise").out())
                .matches("-?0\\.[012]\\d{3}\n");
        Cli blank = Cli.run("similar", "x", " ");
        assertThat(blank.code()).isEqualTo(1);
        assertThat(blank.err()).isEqualTo("semblance: B is empty or white space only: nothing to compare\n");
    }

    @Test
    void whatCannotRunIsSaid() {
        assertThat(Cli.run("embed", folder.resolve("none").toString())).satisfies(run -> {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).isEqualTo("semblance: " + folder.resolve("none") + " does not exist\n");
        });
        assertThat(Cli.run("embed", folder.toString()).err()).contains("is a folder");
        assertThat(Cli.run("model", "import", "/").err()).isEqualTo(
                "semblance: /: has no name that the model could have; say with --to where it goes\n");
        assertThat(Cli.run("dedup", "x", "--threshold", "2").err()).startsWith("semblance: threshold=2: ");
        assertThat(Cli.run("embed", "x", "--max-tokens", "-5").err()).startsWith("semblance: model.max.tokens=-5: ");
        assertThat(Cli.run("similar", "a", "b", "--max-tokens", "-5").err())
                .startsWith("semblance: model.max.tokens=-5: ");
        assertThat(Cli.run("embed", "x", "--format", "xml").code()).isEqualTo(2);
        assertThat(Cli.run("similar", "only one").code()).isEqualTo(2);
        assertThat(Cli.run("dedup").code()).isEqualTo(2);
    }

    /** A pipe whose reader has gone, or a full disk: never an exit code of 0. */
    @Test
    void resultsThatCannotBeWrittenAreAFailure() throws IOException {
        String texts = file("one", "two");
        for (String[] args : new String[][]{{"embed", texts}, {"embed", texts, "--format", "npy"}, {"dedup", texts}}) {
            java.io.StringWriter err = new java.io.StringWriter();
            java.io.OutputStream full = new java.io.OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("No space left on device");
                }
            };
            int code = Semblance.commandLine(java.util.Map.of(), new java.io.PrintWriter(new java.io.StringWriter()),
                    new java.io.PrintWriter(err, true), full).execute(args);
            assertThat(code).as(String.join(" ", args)).isEqualTo(1);
            assertThat(err.toString()).endsWith("semblance: No space left on device\n");
        }
    }

    @Test
    void benchTokenizeComparesBothTokenizers() throws IOException {
        Cli run = Cli.run("bench", "tokenize", "--rounds", "1", file("The sky is blue", "İstanbul, 東京 😀 [SEP]"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("6 texts compared, 0 with other tokens").contains("ratio");
        assertThat(Cli.run("bench", "tokenize", file("")).code()).isEqualTo(Semblance.FAILURE);
    }
}
