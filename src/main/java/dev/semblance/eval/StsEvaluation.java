package dev.semblance.eval;

import dev.semblance.eval.StsReport.Column;
import dev.semblance.eval.StsReport.Row;
import dev.semblance.eval.StsReport.Subset;
import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.text.Preprocessing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Semantic textual similarity, as usually reported: the correlation of the cosines of sentence pairs with people's
 * scores, over all subsets of a set together ("all" setting; T. Gao et al., "SimCSE: Simple Contrastive Learning of
 * Sentence Embeddings", 2021, appendix B).
 *
 * <p>Thread: one a call; does not own the engine.
 */
public final class StsEvaluation {

    private final EmbeddingEngine engine;
    private final Preprocessing preprocessing;

    /** @param preprocessing applied before tokenisation */
    public StsEvaluation(EmbeddingEngine engine, Preprocessing preprocessing) {
        this.engine = engine;
        this.preprocessing = preprocessing;
    }

    /** Different texts of all sets: what one truncation counts up to in the progress. */
    public static int distinctTexts(List<StsSet> sets) {
        return texts(sets).size();
    }

    /**
     * @param sets        at least one
     * @param truncations at least one, none longer than the engine takes
     * @param progress    receives the number of texts on their way so far, over all truncations
     * @throws EvaluationException where a set's correlation is undefined, or the model rejects a sentence
     */
    public StsReport evaluate(List<StsSet> sets, List<Truncation> truncations, LongConsumer progress) {
        sets.forEach(StsEvaluation::requireScoresDiffer);
        Set<String> texts = texts(sets);
        TextVectors vectors = new TextVectors(engine, preprocessing);
        List<Column> columns = new ArrayList<>();
        List<List<double[]>> cosines = new ArrayList<>();
        sets.forEach(set -> cosines.add(new ArrayList<>()));
        long[] done = {0};
        for (Truncation truncation : truncations) {
            Map<String, float[]> byText = vectors.embed(texts, truncation, () -> progress.accept(++done[0]));
            columns.add(new Column(truncation.maxTokens(), truncation.origin(), texts.size(), vectors.cut()));
            for (int i = 0; i < sets.size(); i++) {
                cosines.get(i).add(cosines(sets.get(i), byText));
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            rows.add(row(sets.get(i), cosines.get(i)));
        }
        return new StsReport(columns, rows);
    }

    private static Set<String> texts(List<StsSet> sets) {
        Set<String> texts = new LinkedHashSet<>();
        for (StsSet set : sets) {
            for (StsPair pair : set.pairs()) {
                texts.add(pair.first());
                texts.add(pair.second());
            }
        }
        return texts;
    }

    private static void requireScoresDiffer(StsSet set) {
        if (set.pairs().size() < 2) {
            throw new EvaluationException("set " + set.name() + " (" + set.source() + ") has one pair with a score; a"
                    + " correlation needs two or more");
        }
        double[] scores = set.scores();
        if (Correlation.isConstant(scores)) {
            throw new EvaluationException("set " + set.name() + " (" + set.source() + "): all " + scores.length
                    + " scores are " + scores[0] + "; the correlation with a constant is undefined");
        }
    }

    private static double[] cosines(StsSet set, Map<String, float[]> byText) {
        double[] cosines = new double[set.pairs().size()];
        for (int i = 0; i < cosines.length; i++) {
            StsPair pair = set.pairs().get(i);
            cosines[i] = cosine(byText.get(pair.first()), byText.get(pair.second()));
        }
        return cosines;
    }

    /** In double precision; equal vectors give exactly 1, so that they tie. */
    static double cosine(float[] a, float[] b) {
        double aa = 0;
        double bb = 0;
        double ab = 0;
        for (int i = 0; i < a.length; i++) {
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
            ab += (double) a[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static Row row(StsSet set, List<double[]> cosines) {
        double[] scores = set.scores();
        List<Correlation> whole = new ArrayList<>();
        for (double[] column : cosines) {
            requireFinite(set, column);
            whole.add(Correlation.of(column, scores).orElseThrow(() -> new EvaluationException("set " + set.name()
                    + ": the model gives every pair the cosine " + column[0]
                    + "; the correlation with a constant is undefined")));
        }
        return new Row(set, List.copyOf(whole), subsets(set, scores, cosines));
    }

    private static void requireFinite(StsSet set, double[] cosines) {
        for (int i = 0; i < cosines.length; i++) {
            if (!Double.isFinite(cosines[i])) {
                throw new EvaluationException("set " + set.name() + ": the model gives no direction to "
                        + StsText.excerpt(set.pairs().get(i).first()) + " or "
                        + StsText.excerpt(set.pairs().get(i).second()) + " (a vector of zeros, or not finite)");
            }
        }
    }

    private static Map<String, Subset> subsets(StsSet set, double[] scores, List<double[]> cosines) {
        Map<String, List<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < scores.length; i++) {
            members.computeIfAbsent(set.pairs().get(i).subset(), name -> new ArrayList<>()).add(i);
        }
        Map<String, Subset> subsets = new LinkedHashMap<>();
        if (members.size() > 1) {
            members.forEach((name, indexes) -> {
                List<Optional<Correlation>> columns = cosines.stream()
                        .map(column -> Correlation.of(pick(column, indexes), pick(scores, indexes))).toList();
                subsets.put(name, new Subset(indexes.size(), columns));
            });
        }
        return subsets;
    }

    private static double[] pick(double[] values, List<Integer> indexes) {
        return indexes.stream().mapToDouble(i -> values[i]).toArray();
    }
}
