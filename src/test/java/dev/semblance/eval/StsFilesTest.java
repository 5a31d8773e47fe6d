package dev.semblance.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts with invented sentences. */
class StsFilesTest {

    @TempDir
    private Path folder;

    private Path write(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private static StsFiles read(Path... paths) throws IOException {
        return StsFiles.read(Arrays.stream(paths).map(Path::toString).toList(), StsSplit.TEST);
    }

    private static void assertRefused(Path path, String... parts) {
        assertThatThrownBy(() -> read(path)).isInstanceOf(EvaluationException.class).hasMessageContainingAll(parts);
    }

    @Test
    void fourColumnsWithAHeaderAndWithout() throws IOException {
        Path with = write("with.tsv", "subset\tscore\tsentence1\tsentence2",
                "news\t4.5\tA dog ran.\tA dog was running.",
                "forum\t0\tIt rains.\tSheep sleep.");
        Path without = write("without.tsv", "news\t4.5\tA dog ran.\tA dog was running.",
                "forum\t0\tIt rains.\tSheep sleep.");
        List<StsSet> sets = read(with, without).sets();
        assertThat(sets).extracting(StsSet::name).containsExactly("with", "without");
        assertThat(sets).allSatisfy(set -> assertThat(set.pairs()).containsExactly(
                new StsPair("news", 4.5, "A dog ran.", "A dog was running."),
                new StsPair("forum", 0, "It rains.", "Sheep sleep.")));
    }

    @Test
    void columnsInAnyOrderByTheirNames() throws IOException {
        Path file = write("glue.tsv", "index\tgenre\tsentence1\tsentence2\tScore", "0\tnews\ta b\tc d\t3",
                "1\tnews\te f\tg h\t.5");
        assertThat(read(file).sets().getFirst().pairs()).containsExactly(new StsPair("news", 3, "a b", "c d"),
                new StsPair("news", 0.5, "e f", "g h"));
    }

    @Test
    void quotesAreTextAndWhiteSpaceCollapses() throws IOException {
        Path file = write("q.tsv", "x\t1\t\"It's over,\" he  said. \tHe said: 'it\u00a0is over", "x\t2\t\"\t\"\"");
        assertThat(read(file).sets().getFirst().pairs()).containsExactly(
                new StsPair("x", 1, "\"It's over,\" he said.", "He said: 'it is over"),
                new StsPair("x", 2, "\"", "\"\""));
    }

    @Test
    void gzipByteOrderMarkWindowsLineEndsAndBlankLinesAreNoMatter() throws IOException {
        Path file = folder.resolve("STSB-dev.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("\ufeffsubset\tscore\tsentence1\tsentence2\r\na\t1\tüber\tunter\r\n\r\na\t2\tx\ty\r\n\n"
                    .getBytes(StandardCharsets.UTF_8));
        }
        StsSet set = read(file).sets().getFirst();
        assertThat(set.name()).isEqualTo("STSB-dev");
        assertThat(set.pairs()).containsExactly(new StsPair("a", 1, "über", "unter"), new StsPair("a", 2, "x", "y"));
    }

    @Test
    void rowsWithoutAScoreAreCountedAndLeftOut() throws IOException {
        Path file = write("u.tsv", "a\t\tone\ttwo", "a\t1\tone\ttwo", "a\t  \tthree\tfour");
        StsSet set = read(file).sets().getFirst();
        assertThat(set.pairs()).hasSize(1);
        assertThat(set.unscored()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"five", "NaN", "Infinity", "0x1p3", "1d", "1e999", "4,5", "--1", "1 2"})
    void scoresAreNumbers(String score) throws IOException {
        assertRefused(write("bad.tsv", "a\t1\tone\ttwo", "a\t" + score + "\tone\ttwo"), "bad.tsv, line 2", score,
                "expected a number");
    }

    @Test
    void malformedRowsAreNamed() throws IOException {
        assertRefused(write("few.tsv", "a\t1\tone\ttwo", "a\t1\tone"), "few.tsv, line 2", "3 columns, expected 4");
        assertRefused(write("many.tsv", "a\t1\tone\ttwo", "", "a\t1\tone\ttwo\tthree"), "many.tsv, line 3",
                "5 columns");
        assertRefused(write("blank.tsv", "a\t1\tone\t  "), "line 1", "the second sentence is empty");
        assertRefused(write("plain.tsv", "just a sentence"), "plain.tsv, line 1", "1 column", "sentence1");
        assertRefused(write("names.tsv", "subset\tscore\ttext1\ttext2", "a\t1\tb\tc"), "line 1", "'score'");
    }

    @Test
    void filesWithNothingInThemAreNamed() throws IOException {
        assertRefused(write("empty.tsv", ""), "empty.tsv", "is empty");
        assertRefused(write("header.tsv", "subset\tscore\tsentence1\tsentence2"), "header.tsv", "no pairs");
        assertRefused(write("unscored.tsv", "a\t\tb\tc", "a\t\td\te"), "none of its 2 pairs has a score");
        assertThatThrownBy(() -> read(folder.resolve("gone.tsv"))).isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("gone.tsv does not exist");
    }

    @Test
    void brokenBytesAreNamed() throws IOException {
        Path latin = folder.resolve("latin.tsv");
        Files.write(latin, "a\t1\tone\ttwo\na\t1\tcaf\u00e9\ttwo\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(latin, "latin.tsv, line 2", "0xe9", "not valid UTF-8");

        Path whole = folder.resolve("whole.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
            out.write("a\t1\tone\ttwo\n".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.tsv.gz"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class).hasMessageContaining("cut.tsv.gz, line ");
    }

    @Test
    void aFileMadeToFillTheMemoryIsGivenUp() throws IOException {
        Path file = folder.resolve("bomb.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            byte[] lines = "\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 11; i++) {
                out.write(lines);
            }
        }
        assertRefused(file, "bomb.tsv.gz", "more than 1000000 lines");
    }

    private void year(String path, String... subsets) throws IOException {
        for (String subset : subsets) {
            write(path + "/STS.input." + subset + ".txt", subset + " one\tone in " + subset, "two\tdos", "three\ttres");
            write(path + "/STS.gs." + subset + ".txt", "5.0", "", "1.2");
        }
    }

    private void wholeSentEval(String base) throws IOException {
        year(base + "STS/STS12-en-test", "MSRpar", "MSRvid", "SMTeuroparl", "surprise.OnWN", "surprise.SMTnews");
        year(base + "STS/STS13-en-test", "FNWN", "headlines", "OnWN");
        year(base + "STS/STS14-en-test", "deft-forum", "deft-news", "headlines", "images", "OnWN", "tweet-news");
        year(base + "STS/STS15-en-test", "answers-forums", "answers-students", "belief", "headlines", "images");
        year(base + "STS/STS16-en-test", "answer-answer", "headlines", "plagiarism", "postediting",
                "question-question");
        for (String part : List.of("train", "dev", "test")) {
            write(base + "STS/STSBenchmark/sts-" + part + ".csv",
                    "main-news\tMSRpar\t2012" + part + "\t0001\t3.800\tIn " + part + " it snows.\tSnow falls.",
                    "main-captions\timages\t2014\t0002\t0.4\tA cat.\tA car.\tlicence\torigin");
        }
        String header = "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment";
        write(base + "SICK/SICK_train.txt", header, "1\tA man walks\tA man is walking\t4.9\tENTAILMENT");
        write(base + "SICK/SICK_trial.txt", header, "2\tA man sits\tA man stands\t3\tCONTRADICTION");
        write(base + "SICK/SICK_test_annotated.txt", header, "3\tA dog barks\tA cat sleeps\t1.5\tNEUTRAL",
                "4\tA dog barks\tThe dog is barking\t4.7\tENTAILMENT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "downstream/", "data/downstream/"})
    void sentEvalsFoldersFromTheRootOrAbove(String base) throws IOException {
        wholeSentEval(base);
        StsFiles files = read(folder);
        assertThat(files.missing()).isEmpty();
        assertThat(files.sets()).extracting(StsSet::name).containsExactly("STS12", "STS13", "STS14", "STS15", "STS16",
                "STSB", "SICK-R");
        assertThat(files.sets()).extracting(s -> s.pairs().size()).containsExactly(10, 6, 12, 10, 10, 2, 2);
        assertThat(files.sets()).extracting(StsSet::unscored).containsExactly(5, 3, 6, 5, 5, 0, 0);
        assertThat(files.sets()).allSatisfy(set -> assertThat(set.missing()).isEmpty());
        assertThat(files.sets().get(1).pairs()).startsWith(new StsPair("FNWN", 5, "FNWN one", "one in FNWN"),
                new StsPair("FNWN", 1.2, "three", "tres"),
                new StsPair("headlines", 5, "headlines one", "one in headlines"));
        assertThat(files.sets().get(5).pairs()).containsExactly(
                new StsPair("main-news", 3.8, "In test it snows.", "Snow falls."),
                new StsPair("main-captions", 0.4, "A cat.", "A car."));
        assertThat(files.sets().get(6).pairs()).first().isEqualTo(new StsPair("", 1.5, "A dog barks", "A cat sleeps"));
    }

    @ParameterizedTest
    @CsvSource({"DEV, STSB-dev, 2, SICK-R-dev, 1", "ALL, STSB-all, 6, SICK-R-all, 4"})
    void otherPartsHaveOtherNames(StsSplit split, String benchmark, int benchmarkPairs, String sick, int sickPairs)
            throws IOException {
        wholeSentEval("");
        List<StsSet> sets = StsFiles.read(List.of(folder.toString()), split).sets();
        assertThat(sets.get(5).name()).isEqualTo(benchmark);
        assertThat(sets.get(5).pairs()).hasSize(benchmarkPairs);
        assertThat(sets.get(6).name()).isEqualTo(sick);
        assertThat(sets.get(6).pairs()).hasSize(sickPairs);
    }

    @Test
    void oneSetsFolderAndOneFileOfASetDo() throws IOException {
        wholeSentEval("");
        StsFiles files = read(folder.resolve("STS/STS13-en-test"), folder.resolve("SICK"),
                folder.resolve("STS/STSBenchmark"), folder.resolve("STS/STSBenchmark/sts-dev.csv"));
        assertThat(files.missing()).isEmpty();
        assertThat(files.sets()).extracting(StsSet::name).containsExactly("STS13", "SICK-R", "STSB", "sts-dev");
        assertThat(files.sets().getLast().pairs()).first().isEqualTo(
                new StsPair("main-news", 3.8, "In dev it snows.", "Snow falls."));
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        year("STS12", "MSRpar", "MSRvid", "SMTeuroparl", "surprise.OnWN", "surprise.SMTnews");
        year("STS13-en-test", "FNWN", "OnWN");
        write("STS13-en-test/STS.input.headlines.txt", "a\tb");
        Files.createDirectories(folder.resolve("STSBenchmark"));
        StsFiles files = read(folder);
        assertThat(files.sets()).extracting(StsSet::name).containsExactly("STS12", "STS13");
        assertThat(files.sets().get(1).missing()).containsExactly("STS.gs.headlines.txt");
        assertThat(files.missing()).hasSize(5)
                .satisfiesExactly(m -> assertThat(m).contains("STS14", "STS/STS14-en-test"),
                        m -> assertThat(m).contains("STS15"), m -> assertThat(m).contains("STS16"),
                        m -> assertThat(m).contains("STSB", "no sts-test.csv in"),
                        m -> assertThat(m).contains("SICK-R", "no folder SICK"));
    }

    @Test
    void foldersOfTsvFilesAreSetsByName() throws IOException {
        write("b.tsv", "x\t1\ta\tb");
        write("a.tsv", "x\t1\ta\tb");
        write("notes.txt", "not a set");
        StsFiles files = read(folder);
        assertThat(files.sets()).extracting(StsSet::name).containsExactly("a", "b");
        assertThat(files.missing()).isEmpty();
    }

    @Test
    void foldersWithNothingAndNamesTwiceAreRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertRefused(empty, "empty", "STS12-en-test", ".tsv");
        Path one = write("one/x.tsv", "x\t1\ta\tb");
        Path other = write("two/x.tsv", "x\t1\ta\tb");
        assertThatThrownBy(() -> read(one, other)).isInstanceOf(EvaluationException.class)
                .hasMessageContainingAll("two sets are named x", one.toString(), other.toString());
    }

    @Test
    void linesThatDoNotBelongTogetherAreRefused() throws IOException {
        Path set = folder.resolve("STS13-en-test");
        year("STS13-en-test", "FNWN", "headlines", "OnWN");
        write("STS13-en-test/STS.gs.OnWN.txt", "5.0", "1");
        assertRefused(set, "STS.gs.OnWN.txt: has 2 lines", "STS.input.OnWN.txt has more");
        write("STS13-en-test/STS.gs.OnWN.txt", "5.0", "1", "2", "", "3");
        assertRefused(set, "STS.gs.OnWN.txt, line 5", "ends after 3 lines");
        write("STS13-en-test/STS.gs.OnWN.txt", "5.0", "1", "2", "", "");
        assertThat(read(set).sets().getFirst().pairs()).hasSize(7);
        write("STS13-en-test/STS.input.OnWN.txt", "a\tb", "", "c\td");
        assertRefused(set, "STS.input.OnWN.txt, line 2", "is blank");
        write("STS13-en-test/STS.input.OnWN.txt", "a\tb", "no tab here", "c\td");
        assertRefused(set, "STS.input.OnWN.txt, line 2", "no tab", "'no tab here'");
        write("STS13-en-test/STS.input.OnWN.txt", "");
        assertRefused(set, "STS.input.OnWN.txt", "is empty");
    }

    @Test
    void aYearWithoutAnyScoreIsRefused() throws IOException {
        for (String subset : List.of("FNWN", "headlines", "OnWN")) {
            write("STS13/STS.input." + subset + ".txt", "a\tb");
            write("STS13/STS.gs." + subset + ".txt", "");
        }
        assertRefused(folder, "no pair of STS13 has a score");
    }
}
