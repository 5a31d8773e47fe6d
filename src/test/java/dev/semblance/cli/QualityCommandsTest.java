package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.model.bundle.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code eval sts} with the embedded model on invented sentences. */
class QualityCommandsTest {

    private static final String HEADER = "subset\tscore\tsentence1\tsentence2";
    private static final String[] PAIRS = {
            "animals\t5\tA dog is running through the snow.\tA dog runs through snow.",
            "animals\t3.2\tA dog is running through the snow.\tA wolf walks over a white field.",
            "animals\t0.2\tA dog is running through the snow.\tThe bank raised its interest rates.",
            "money\t4.6\tThe bank raised its interest rates.\tInterest rates were lifted by the bank.",
            "money\t2\tThe bank raised its interest rates.\tThe central bank met on Tuesday.",
            "money\t0\tThe bank raised its interest rates.\tShe plays the violin in the garden."};

    @TempDir
    private Path folder;

    private String file(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), Arrays.asList(lines)).toString();
    }

    private String tiny() throws IOException {
        String[] lines = new String[PAIRS.length + 1];
        lines[0] = HEADER;
        System.arraycopy(PAIRS, 0, lines, 1, PAIRS.length);
        return file("tiny.tsv", lines);
    }

    @Test
    void jsonIsOneObjectASet() throws IOException {
        Cli run = Cli.run("eval", "sts", "--json", tiny());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).matches("\\{\"set\":\"tiny\",\"pairs\":6,\"spearman\":[0-9.]+,\"pearson\":[0-9.]+}\n");
        assertThat(run.err()).isEmpty();
        double spearman = Double.parseDouble(run.out().replaceAll(".*\"spearman\":([0-9.]+),.*\n", "$1"));
        assertThat(spearman).isBetween(80.0, 100.0);
    }

    @Test
    void severalTruncationsAreToldApart() throws IOException {
        Cli run = Cli.run("eval", "sts", "--json", "--max-tokens", "64", "--max-tokens", "8", tiny());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(2).satisfiesExactly(
                line -> assertThat(line).startsWith("{\"set\":\"tiny\",\"pairs\":6,").endsWith(",\"maxTokens\":64}"),
                line -> assertThat(line).startsWith("{\"set\":\"tiny\",\"pairs\":6,").endsWith(",\"maxTokens\":8}"));
        assertThat(run.out().lines().map(l -> l.replaceAll(",\"maxTokens.*", "")).distinct()).hasSize(2);
    }

    @Test
    void theTableShowsBothTruncationsSubsetsAndTheReference() throws IOException {
        Cli run = Cli.run("eval", "sts", tiny());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("sentence-transformers/all-MiniLM-L6-v2, fp32, mean pooling; ")
                .contains("\ntiny  ", "\n  animals  ", "\n  money  ", "\nmean of 1 set ", "STSB 82.03",
                        "at 512 tokens (all positions that the model has), 0 of 7 different sentences are cut",
                        "at 32 tokens (as miCSE's card uses it), 0 of 7 different sentences are cut");
    }

    /** Weights that say nothing, but 40 positions. */
    @Test
    void aModelWithFewerPositionsIsCutAtThem() throws IOException {
        String model = folder.resolve("model").toString();
        Cli imported = Cli.run("model", "import", "src/test/resources/tiny/bert", "--pooling", "mean", "--max-tokens",
                "16", "--variants", "cpu-fp32", "--to", model);
        assertThat(imported.code()).as(imported.err()).isZero();
        Cli run = Cli.run("eval", "sts", "--model", model, tiny());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("at 40 tokens (all positions that the model has), ",
                "at 32 tokens (as miCSE's card uses it), ");
        Cli configured = Cli.run("eval", "sts", "--model", model, "-o", "model.max.tokens=24", tiny());
        assertThat(configured.out()).as(configured.err()).contains("at 24 tokens (model.max.tokens), ")
                .doesNotContain("at 32 tokens");
        Cli asked = Cli.run("eval", "sts", "--model", model, "--max-tokens", "41", tiny());
        assertThat(asked.code()).isEqualTo(1);
        assertThat(asked.err()).contains("model.max.tokens=41: the model has 40 positions");
    }

    @Test
    void aGraphThatDoesNotTellItsPositionsIsCutWhereItsManifestSays() throws IOException {
        Path model = Files.createDirectory(folder.resolve("exported"));
        TinyModel.write(model, TinyModel.manifest());
        Cli run = Cli.run("eval", "sts", "--json", "--model", model.toString(),
                file("ab.tsv", HEADER, "a\t1\ta b\ta b", "a\t2\ta\tb", "a\t3\tc a\tc b"));
        assertThat(run.code()).as(run.err()).isZero();
        Cli table = Cli.run("eval", "sts", "--model", model.toString(),
                file("ab.tsv", HEADER, "a\t1\ta b\ta b", "a\t2\ta\tb", "a\t3\tc a\tc b"));
        assertThat(table.out()).as(table.err())
                .contains("at 16 tokens (max_tokens of the manifest; the graph does not tell its positions), ");
    }

    @Test
    void whatIsMissingOrLeftOutIsNoted() throws IOException {
        Path sick = Files.createDirectories(folder.resolve("SICK"));
        Files.writeString(sick.resolve("SICK_test_annotated.txt"), """
                pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment
                1\tA man is cooking\tA man cooks\t4.8\tENTAILMENT
                2\tA man is cooking\tA man sleeps\t\tNEUTRAL
                3\tA man is cooking\tTrees grow slowly\t1\tNEUTRAL
                """);
        Cli run = Cli.run("eval", "sts", "--json", "--max-tokens", "16", folder.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("{\"set\":\"SICK-R\",\"pairs\":2,\"spearman\":100.0,\"pearson\":100.0}\n");
        assertThat(run.err().lines()).hasSize(7).contains("SICK-R: pairs without a score, left out: 1",
                "missing: STS12 (no folder STS/STS12-en-test)", "missing: STSB (no folder STS/STSBenchmark)");
    }

    @Test
    void failuresAreOneLine() throws IOException {
        Cli broken = Cli.run("eval", "sts", file("broken.tsv", HEADER, "a\tmuch\tone\ttwo"));
        assertThat(broken.code()).isEqualTo(1);
        assertThat(broken.out()).isEmpty();
        assertThat(broken.err()).isEqualTo("semblance: " + folder.resolve("broken.tsv")
                + ", line 2: the score is 'much', expected a number\n");
        Cli flat = Cli.run("eval", "sts", file("flat.tsv", "a\t1\tone\ttwo", "a\t1\tthree\tfour"));
        assertThat(flat.code()).isEqualTo(1);
        assertThat(flat.err()).contains("all 2 scores are 1.0").hasLineCount(1);
        assertThat(Cli.run("eval", "sts").code()).isEqualTo(2);
        Cli few = Cli.run("eval", "sts", "--max-tokens", "4", tiny());
        assertThat(few.code()).isEqualTo(2);
        assertThat(few.err()).contains("--max-tokens 4: must be from 8 to 8192");
        Cli many = Cli.run("eval", "sts", "--max-tokens", "600", tiny());
        assertThat(many.code()).isEqualTo(1);
        assertThat(many.err()).contains("600", "512 positions");
    }
}
