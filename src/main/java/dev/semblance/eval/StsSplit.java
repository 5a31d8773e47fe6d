package dev.semblance.eval;

import java.util.List;

/** Which part of the STS Benchmark and of SICK is taken from a SentEval folder; the years have a test part only. */
public enum StsSplit {
    /** What the protocol of the seven sets takes. */
    TEST("", List.of("sts-test.csv"), List.of("SICK_test_annotated.txt")),
    DEV("-dev", List.of("sts-dev.csv"), List.of("SICK_trial.txt")),
    /** All parts, one after the other. */
    ALL("-all", List.of("sts-train.csv", "sts-dev.csv", "sts-test.csv"),
            List.of("SICK_train.txt", "SICK_trial.txt", "SICK_test_annotated.txt"));

    private final String suffix;
    private final List<String> benchmarkFiles;
    private final List<String> sickFiles;

    StsSplit(String suffix, List<String> benchmarkFiles, List<String> sickFiles) {
        this.suffix = suffix;
        this.benchmarkFiles = benchmarkFiles;
        this.sickFiles = sickFiles;
    }

    String suffix() {
        return suffix;
    }

    List<String> benchmarkFiles() {
        return benchmarkFiles;
    }

    List<String> sickFiles() {
        return sickFiles;
    }
}
