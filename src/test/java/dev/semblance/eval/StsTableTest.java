package dev.semblance.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.semblance.eval.StsReport.Column;
import dev.semblance.eval.StsReport.Row;
import dev.semblance.eval.StsReport.Subset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StsTableTest {

    private static final Column FULL = new Column(512, "all positions", 1_234, 0);
    private static final Column CUT = new Column(32, "as asked", 1_234, 56);

    private static StsSet set(String name, int pairs, String... missing) {
        return new StsSet(name, name, Collections.nCopies(pairs, new StsPair("", 1, "a", "b")), 0, List.of(missing));
    }

    @Test
    void setsSubsetsMeanAndReference() {
        Map<String, Subset> subsets = new LinkedHashMap<>();
        subsets.put("news", new Subset(1_000, List.of(Optional.of(new Correlation(0.5, 0.4)), Optional.empty())));
        StsReport report = new StsReport(List.of(FULL, CUT), List.of(
                new Row(set("STSB", 1_379), List.of(new Correlation(0.79704, 0.801), new Correlation(0.79, 0.8)),
                        subsets),
                new Row(set("STS12", 10, "STS.gs.MSRpar.txt"),
                        List.of(new Correlation(-0.1, 0), new Correlation(1, 1)), Map.of())));
        assertThat(StsTable.lines(report, ReferenceScores.ofModel("sap-ai-research/miCSE"))).containsExactly(
                "                            uncut at 512 tokens       cut at 32 tokens",
                "set                pairs     Spearman   Pearson     Spearman   Pearson    reference",
                "STSB               1,379        79.70     80.10        79.00     80.00        79.70",
                "  news             1,000        50.00     40.00            –         –",
                "STS12*                10       -10.00      0.00       100.00    100.00       71.71†",
                "mean of 2 sets                  34.85     40.05        89.50     90.00        75.71",
                "at 512 tokens (all positions), 0 of 1,234 different sentences are cut",
                "at 32 tokens (as asked), 56 of 1,234 different sentences are cut",
                "* STS12 is not whole; missing: STS.gs.MSRpar.txt",
                "† STS12: the reference is over 3,108 pairs, not 10",
                "reference for sap-ai-research/miCSE: the model's card (T. Klein and M. Nabi, \"miCSE: Mutual Information"
                        + " Contrastive Learning for Low-shot Sentence Embeddings\", 2023): Spearman × 100, untruncated",
                "  STS12 71.71, STS13 83.09, STS14 75.46, STS15 83.13, STS16 80.22, STSB 79.70, SICK-R 73.62, mean 78.13");
    }

    @Test
    void unknownModelsHaveNoReference() {
        StsReport report = new StsReport(List.of(FULL),
                List.of(new Row(set("mine", 2), List.of(new Correlation(0.5, 0.5)), Map.of())));
        assertThat(StsTable.lines(report, Optional.empty())).hasSize(5).noneMatch(l -> l.contains("reference"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sap-ai-research/miCSE", "miCSE", "someone/micse"})
    void modelsAreKnownByTheLastPartOfTheirName(String id) {
        ReferenceScores reference = ReferenceScores.ofModel(id).orElseThrow();
        assertThat(reference.model()).isEqualTo("sap-ai-research/miCSE");
        assertThat(reference.mean()).isCloseTo(78.13, within(0.005));
    }

    @Test
    void otherModelsAreNot() {
        assertThat(ReferenceScores.ofModel("sap-ai-research/miCSE-large")).isEmpty();
        assertThat(ReferenceScores.ofModel("bert-base-uncased")).isEmpty();
        assertThat(ReferenceScores.ofModel("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"STS12,STS12", "sts16-test,STS16", "STS14-en-test,STS14", "STSB,STSB", "STSBenchmark,STSB",
            "sts-test,STSB", "STSB-test,STSB", "SICK-R,SICK-R", "SICK_test_annotated,SICK-R", "SICK-R-all,SICK-R",
            "STSB-dev,", "sts-dev,", "STSB-all,", "SICK_train,", "STS17,", "STS22,", "mine,"})
    void setsAreKnownByTheirUsualNames(String name, String known) {
        ReferenceScores reference = ReferenceScores.ofModel("all-MiniLM-L6-v2").orElseThrow();
        assertThat(reference.find(name).map(ReferenceScores.Score::set)).isEqualTo(Optional.ofNullable(known));
    }
}
