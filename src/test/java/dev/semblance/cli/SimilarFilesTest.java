package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code similar --files} with the embedded model. */
class SimilarFilesTest {

    private static final String DOG = "A dog is running through the snow.";
    private static final String BANK = "The bank raised its interest rates.";

    @TempDir
    private Path folder;

    private String file(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), Arrays.asList(lines)).toString();
    }

    /** Of two texts given as such; the model is loaded once for it, because that takes a second. */
    private static String dogAndBank;

    @BeforeAll
    static void compareTexts() {
        dogAndBank = Cli.run("similar", DOG, BANK).out().strip();
        assertThat(dogAndBank).matches("-?0\\.\\d{4}");
    }

    @Test
    void lineByLine() throws IOException {
        Cli run = Cli.run("similar", "--files", file("a", DOG, DOG, BANK),
                file("b", DOG, BANK, "{\"id\":\"7\",\"text\":\"" + DOG + "\"}"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("1.0000\n" + dogAndBank + "\n" + dogAndBank + "\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void blankLinesKeepTheirPlaces() throws IOException {
        String a = file("a", DOG, "", DOG);
        String b = file("b", "  ", "", DOG);
        Cli run = Cli.run("similar", "--files", a, b);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("nan\nnan\n1.0000\n");
        assertThat(run.err().lines()).hasSize(3);
        assertThat(run.err()).contains(a + ", line 2: EMPTY_TEXT", b + ", line 1: EMPTY_TEXT",
                b + ", line 2: EMPTY_TEXT");
        assertThat(Cli.run("similar", "--files", a, b, "--format", "jsonl").out()).matches("""
                \\{"line":1,"cosine":null}
                \\{"line":2,"cosine":null}
                \\{"line":3,"cosine":(1\\.0|0\\.999999\\d*)}
                """);
        assertThat(Cli.run("similar", "--files", "--matrix", b, a).out())
                .isEqualTo("nan\tnan\tnan\nnan\tnan\tnan\n1.0000\tnan\t1.0000\n");
    }

    @Test
    void filesOfDifferentLengthsAreNoPairs() throws IOException {
        String two = file("two", DOG, BANK);
        String three = file("three", DOG, BANK, BANK);
        for (List<String> order : List.of(List.of(two, three), List.of(three, two))) {
            Cli run = Cli.run("similar", "--files", order.get(0), order.get(1));
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out()).isEqualTo("1.0000\n1.0000\n");
            assertThat(run.err()).isEqualTo("semblance: " + two + " ends after 2 lines, but " + three
                    + " goes on: pairs need as many lines in both; --matrix compares every line with every other\n");
        }
    }

    @Test
    void everyLineWithEveryOther() throws IOException {
        String a = file("a", DOG, BANK);
        String b = file("b", BANK, DOG, "She plays the violin.");
        Cli tsv = Cli.run("similar", "--files", "--matrix", a, b);
        assertThat(tsv.code()).as(tsv.err()).isZero();
        List<String> rows = tsv.out().lines().toList();
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0)).startsWith(dogAndBank + "\t1.0000\t");
        assertThat(rows.get(1)).startsWith("1.0000\t" + dogAndBank + "\t");

        Path npy = folder.resolve("m.npy");
        Cli toFile = Cli.run("similar", "--files", "--matrix", a, b, "--format", "npy", "--out", npy.toString());
        assertThat(toFile.code()).as(toFile.err()).isZero();
        assertThat(toFile.bytes()).isEmpty();
        byte[] bytes = Files.readAllBytes(npy);
        assertThat(new String(bytes, 0, 128, StandardCharsets.ISO_8859_1)).contains("'shape': (2, 3)");
        ByteBuffer data = ByteBuffer.wrap(bytes, bytes.length - 24, 24).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder again = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            again.append(String.format(Locale.ROOT, "%.4f", data.getFloat())).append(i % 3 == 2 ? '\n' : '\t');
        }
        assertThat(again.toString()).isEqualTo(tsv.out());

        assertThat(Cli.run("similar", "--files", "--matrix", a, b, "--format", "jsonl").out().lines()).hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).matches("\\{\"line\":[12],\"cosines\":\\[[-0-9.E]+(,[-0-9.E]+){2}]}"));
    }

    @Test
    void emptyFilesHaveNoPairs() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        Cli run = Cli.run("similar", "--files", empty.toString(), empty.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.bytes()).isEmpty();
    }

    @Test
    void longTextsAreCutWhereTold() throws IOException {
        String words = "one two three four five six seven eight nine ten";
        String a = file("a", words + " apples");
        String b = file("b", words + " violins");
        assertThat(Cli.run("similar", "--files", a, b).out()).isNotEqualTo("1.0000\n");
        assertThat(Cli.run("similar", "--files", a, b, "--max-tokens", "12").out()).isEqualTo("1.0000\n");
    }

    @Test
    void wrongUseIsSaid() throws IOException {
        assertThat(Cli.run("similar", "a", "b", "--matrix")).satisfies(run -> {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("--matrix needs --files");
        });
        assertThat(Cli.run("similar", "a", "b", "--format", "npy").err()).contains("--format needs --files");
        assertThat(Cli.run("similar", "--files", "-", "-")).satisfies(run -> {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("standard input can be read once");
        });
        Cli gone = Cli.run("similar", "--files", file("a", DOG), folder.resolve("gone").toString());
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err()).isEqualTo("semblance: " + folder.resolve("gone") + " does not exist\n");
    }

    @Test
    void fourDecimalsAsFormatWritesThem() {
        long seed = 20_260_403;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            float cosine = i < 201 ? (i - 100) / 100f : random.nextFloat() * 2 - 1;
            StringBuilder line = new StringBuilder();
            CosineRows.append(line, cosine);
            assertThat(line.toString()).as("seed %d: %s", seed, cosine)
                    .isEqualTo(String.format(Locale.ROOT, "%.4f", cosine));
        }
    }
}
