package dev.semblance.eval;

import java.io.IOException;
import java.util.List;

/** A subset in two files: sentences separated by a tab in one, the scores line by line in the other. */
final class StsFilePair {

    private StsFilePair() {}

    /**
     * @param pairs receives those with a score
     * @return how many have none
     */
    static int read(String subset, String inputFile, String goldFile, List<StsPair> pairs) throws IOException {
        int unscored = 0;
        long read = 0;
        try (StsText input = new StsText(inputFile); StsText gold = new StsText(goldFile)) {
            for (String line = next(input); line != null; line = next(input)) {
                String goldLine = gold.next();
                if (goldLine == null) {
                    throw new EvaluationException(goldFile + ": has " + read + " lines, but " + inputFile
                            + " has more; they belong together line by line (empty: no score)");
                }
                read++;
                double score = gold.score(goldLine);
                if (Double.isNaN(score)) {
                    unscored++;
                } else {
                    pairs.add(pair(subset, score, line, input));
                }
            }
            if (read == 0) {
                throw new EvaluationException(inputFile + ": is empty");
            }
            for (String rest = gold.next(); rest != null; rest = gold.next()) {
                if (!rest.isBlank()) {
                    throw gold.malformed("a score, but " + inputFile + " ends after " + read + " lines; they belong"
                            + " together line by line");
                }
            }
        }
        return unscored;
    }

    /** Blank lines are passed over at the end only: between pairs they would shift the scores. */
    private static String next(StsText input) throws IOException {
        String line = input.next();
        if (line == null || !line.isBlank()) {
            return line;
        }
        EvaluationException blank = input.malformed("is blank, expected two sentences separated by a tab");
        for (String rest = input.next(); rest != null; rest = input.next()) {
            if (!rest.isBlank()) {
                throw blank;
            }
        }
        return null;
    }

    /** Files as first published have the sentences' origins in further columns. */
    private static StsPair pair(String subset, double score, String line, StsText input) {
        String[] cells = line.split("\t", -1);
        if (cells.length < 2) {
            throw input.malformed("no tab; expected two sentences separated by one, found "
                    + StsText.excerpt(line));
        }
        return new StsPair(subset, score, input.sentence("the first sentence", cells[0]),
                input.sentence("the second sentence", cells[1]));
    }
}
