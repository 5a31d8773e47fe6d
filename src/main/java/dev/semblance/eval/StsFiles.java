package dev.semblance.eval;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What was found in files and folders.
 *
 * @param sets    in the order of the arguments; within a folder the protocol's sets first, then files by name
 * @param missing sets of the protocol that a folder does not hold, each with what was looked for
 */
public record StsFiles(List<StsSet> sets, List<String> missing) {

    private static final Pattern EXTENSION = Pattern.compile("(?i)(\\.(tsv|csv|txt))?(\\.gz)?$");
    private static final Pattern TSV = Pattern.compile("(?i).+\\.tsv(\\.gz)?");

    public StsFiles {
        sets = List.copyOf(sets);
        missing = List.copyOf(missing);
    }

    /**
     * Reads tab-separated files, each a set named after the file, and folders: those of SentEval (the root, or any
     * folder on the way to one set), and {@code .tsv} and {@code .tsv.gz} files.
     *
     * @param paths {@code -} for standard input
     * @throws EvaluationException where a file is malformed, a folder holds nothing, or two sets have one name
     */
    public static StsFiles read(List<String> paths, StsSplit split) throws IOException {
        List<StsSet> sets = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String path : paths) {
            if (!path.equals("-") && Files.isDirectory(Path.of(path))) {
                StsFiles folder = folder(Path.of(path), split);
                sets.addAll(folder.sets());
                missing.addAll(folder.missing());
            } else {
                sets.add(file(path));
            }
        }
        requireNamesApart(sets);
        return new StsFiles(sets, missing);
    }

    private static StsSet file(String file) throws IOException {
        if (!file.equals("-") && !Files.exists(Path.of(file))) {
            throw new FileNotFoundException(file + " does not exist");
        }
        String name = file.equals("-") ? "stdin" : setName(Path.of(file));
        return StsTsv.read(name, file, List.of(Path.of(file)), List.of());
    }

    private static StsFiles folder(Path folder, StsSplit split) throws IOException {
        StsFiles sentEval = SentEvalFolder.read(folder, split);
        List<StsSet> sets = new ArrayList<>(sentEval.sets());
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(f -> TSV.matcher(f.getFileName().toString()).matches() && Files.isRegularFile(f))
                    .sorted().toList();
        }
        for (Path file : files) {
            sets.add(StsTsv.read(setName(file), file.toString(), List.of(file), List.of()));
        }
        if (sets.isEmpty()) {
            throw new EvaluationException(folder + ": holds neither SentEval's folders (STS/STS12-en-test … ,"
                    + " STS/STSBenchmark, SICK) nor .tsv files of subset, score, sentence1, sentence2");
        }
        return new StsFiles(sets, sentEval.missing());
    }

    private static String setName(Path file) {
        String name = file.getFileName().toString();
        String stem = EXTENSION.matcher(name).replaceFirst("");
        return stem.isEmpty() ? name : stem;
    }

    private static void requireNamesApart(List<StsSet> sets) {
        Map<String, String> sources = new HashMap<>();
        for (StsSet set : sets) {
            String other = sources.put(set.name(), set.source());
            if (other != null) {
                throw new EvaluationException("two sets are named " + set.name() + ": " + other + " and "
                        + set.source() + "; rename one of the files, or evaluate them one by one");
            }
        }
    }
}
