package dev.semblance.eval;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What others found for a model: Spearman × 100, untruncated, all subsets of a year together.
 *
 * @param model  its full name
 * @param source who says so, and how it was computed
 * @param scores in the order of the protocol
 */
public record ReferenceScores(String model, String source, List<Score> scores) {

    /**
     * One set's.
     *
     * @param pairs of the set as it was used
     */
    public record Score(String set, int pairs, double spearman) {}

    private static final int SICK_TEST_PAIRS = 4_927;
    private static final int SICK_ALL_PAIRS = 9_927;

    private static final List<ReferenceScores> KNOWN = List.of(
            of("sap-ai-research/miCSE",
                    "the model's card (T. Klein and M. Nabi, \"miCSE: Mutual Information Contrastive"
                            + " Learning for Low-shot Sentence Embeddings\", 2023): Spearman × 100, untruncated",
                    SICK_TEST_PAIRS,
                    71.71, 83.09, 75.46, 83.13, 80.22, 79.70, 73.62),
            of("sentence-transformers/all-MiniLM-L6-v2", "computed independently of this program: Spearman × 100,"
                    + " untruncated, SICK-R over all its parts", SICK_ALL_PAIRS, 72.37, 80.60, 75.59, 85.39, 78.99,
                    82.03,
                    77.58));

    private static final List<Pattern> NAMES = List.of(yearName(12), yearName(13), yearName(14), yearName(15),
            yearName(16), Pattern.compile("(stsb|stsbenchmark|sts)(test)?"),
            Pattern.compile("sick(r|relatedness)?(test|all)?(annotated)?"));

    private static Pattern yearName(int year) {
        return Pattern.compile("sts" + year + "(en)?(test)?");
    }

    private static ReferenceScores of(String model, String source, int sickPairs, double sts12, double sts13,
            double sts14, double sts15, double sts16, double stsb, double sick) {
        return new ReferenceScores(model, source, List.of(new Score("STS12", 3_108, sts12),
                new Score("STS13", 1_500, sts13), new Score("STS14", 3_750, sts14), new Score("STS15", 3_000, sts15),
                new Score("STS16", 1_186, sts16), new Score("STSB", 1_379, stsb),
                new Score("SICK-R", sickPairs, sick)));
    }

    /** Told by the last part of the model's id, so that a copy in a folder is known, too. */
    public static Optional<ReferenceScores> ofModel(String modelId) {
        return KNOWN.stream().filter(k -> shortName(k.model()).equals(shortName(modelId))).findFirst();
    }

    private static String shortName(String modelId) {
        return modelId.substring(modelId.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    /** @param setName as in the protocol, or as files of that set are usually named: {@code sts-test}, {@code SICK} */
    Optional<Score> find(String setName) {
        String plain = setName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        for (int i = 0; i < NAMES.size(); i++) {
            if (NAMES.get(i).matcher(plain).matches()) {
                return Optional.of(scores.get(i));
            }
        }
        return Optional.empty();
    }

    /** Plain mean of the sets. */
    double mean() {
        return scores.stream().mapToDouble(Score::spearman).average().orElseThrow();
    }
}
