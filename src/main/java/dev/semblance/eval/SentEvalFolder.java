package dev.semblance.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The seven sets of the protocol in the folders of SentEval (A. Conneau and D. Kiela, "SentEval: An Evaluation Toolkit
 * for Universal Sentence Representations", 2018, https://github.com/facebookresearch/SentEval): {@code STS/STS12-en-test}
 * with {@code STS.input.MSRpar.txt} and {@code STS.gs.MSRpar.txt}, …, {@code STS/STSBenchmark/sts-test.csv},
 * {@code SICK/SICK_test_annotated.txt}. An empty line of a gs file is a pair without a score, which is left out.
 */
final class SentEvalFolder {

    /** A year's set: pairs of files, one a subset. */
    private record Year(String name, List<String> subsets) {

        List<String> folders() {
            return List.of(name + "-en-test", name);
        }
    }

    /** STS13's fourth subset, SMT, may not be distributed; the protocol does without. */
    private static final List<Year> YEARS = List.of(
            new Year("STS12", List.of("MSRpar", "MSRvid", "SMTeuroparl", "surprise.OnWN", "surprise.SMTnews")),
            new Year("STS13", List.of("FNWN", "headlines", "OnWN")),
            new Year("STS14", List.of("deft-forum", "deft-news", "headlines", "images", "OnWN", "tweet-news")),
            new Year("STS15", List.of("answers-forums", "answers-students", "belief", "headlines", "images")),
            new Year("STS16", List.of("answer-answer", "headlines", "plagiarism", "postediting",
                    "question-question")));

    /** Where the sets' folders lie below what the user names. */
    private static final List<String> BASES = List.of("", "STS", "downstream", "downstream/STS", "data/downstream",
            "data/downstream/STS");

    private final Path root;
    private final StsSplit split;
    private final List<StsSet> sets = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private SentEvalFolder(Path root, StsSplit split) {
        this.root = root;
        this.split = split;
    }

    /** What is there. Nothing counts as missing where {@code root} holds none of the seven, or is itself one set's. */
    static StsFiles read(Path root, StsSplit split) throws IOException {
        SentEvalFolder folder = new SentEvalFolder(root, split);
        boolean oneSet = folder.readAll();
        return new StsFiles(folder.sets, oneSet || folder.sets.isEmpty() ? List.of() : folder.missing);
    }

    private boolean readAll() throws IOException {
        boolean oneSet = false;
        for (Year year : YEARS) {
            Path folder = find(year.folders(), "STS.input." + year.subsets().getFirst() + ".txt");
            oneSet |= root.equals(folder);
            if (folder == null) {
                missing.add(year.name() + " (no folder STS/" + year.folders().getFirst() + ")");
            } else {
                readYear(year, folder);
            }
        }
        oneSet |= readFiles("STSB", List.of("STSBenchmark"), split.benchmarkFiles());
        oneSet |= readFiles("SICK-R", List.of("SICK"), split.sickFiles());
        return oneSet;
    }

    /** The folder by its name; {@code root} itself if it is named so, or holds the file. Null where there is none. */
    private Path find(List<String> names, String file) {
        Path last = root.toAbsolutePath().normalize().getFileName();
        boolean named = last != null && names.contains(last.toString());
        if (named && Files.isRegularFile(root.resolve(file))) {
            return root;
        }
        for (String base : BASES) {
            for (String name : names) {
                Path folder = root.resolve(base).resolve(name);
                if (Files.isDirectory(folder)) {
                    return folder;
                }
            }
        }
        return null;
    }

    private void readYear(Year year, Path folder) throws IOException {
        List<StsPair> pairs = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        int unscored = 0;
        for (String subset : year.subsets()) {
            Path input = folder.resolve("STS.input." + subset + ".txt");
            Path gold = folder.resolve("STS.gs." + subset + ".txt");
            List<Path> gone = Stream.of(input, gold).filter(f -> !Files.isRegularFile(f)).toList();
            if (gone.isEmpty()) {
                unscored += StsFilePair.read(subset, input.toString(), gold.toString(), pairs);
            } else {
                gone.forEach(f -> absent.add(f.getFileName().toString()));
            }
        }
        if (absent.size() == 2 * year.subsets().size()) {
            missing.add(year.name() + " (no STS.input and STS.gs files in " + folder + ")");
            return;
        }
        if (pairs.isEmpty()) {
            throw new EvaluationException(folder + ": no pair of " + year.name() + " has a score"
                    + (absent.isEmpty() ? "" : "; missing are " + String.join(", ", absent)));
        }
        sets.add(new StsSet(year.name(), folder.toString(), pairs, unscored, absent));
    }

    private boolean readFiles(String name, List<String> folders, List<String> files) throws IOException {
        Path folder = find(folders, files.getFirst());
        if (folder == null) {
            missing.add(name + " (no folder " + (name.equals("STSB") ? "STS/" : "") + folders.getFirst() + ")");
            return false;
        }
        List<Path> present = files.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
        List<String> absent = files.stream().filter(f -> !Files.isRegularFile(folder.resolve(f))).toList();
        if (present.isEmpty()) {
            missing.add(name + " (no " + String.join(", ", absent) + " in " + folder + ")");
            return false;
        }
        sets.add(StsTsv.read(name + split.suffix(), folder.toString(), present, absent));
        return root.equals(folder);
    }
}
