package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.eval.Correlation;
import dev.semblance.eval.ReferenceScores;
import dev.semblance.eval.StsEvaluation;
import dev.semblance.eval.StsFiles;
import dev.semblance.eval.StsReport;
import dev.semblance.eval.StsSet;
import dev.semblance.eval.StsSplit;
import dev.semblance.eval.StsTable;
import dev.semblance.eval.Truncation;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.record.ModelIdentity;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance eval sts}: Spearman and Pearson on sets of sentence pairs with scores. */
@Command(name = "sts", description = {
        "Correlate the cosines of sentence pairs with people's scores (STS12–16, STSB, SICK-R, or your own).",
        "FILES are tab-separated: subset, score, sentence1, sentence2; may be gzipped. FOLDERS are SentEval's, or hold"
                + " .tsv files."})
final class EvalStsCommand implements Callable<Integer> {

    /** No sentence of the usual sets is longer; the table says whether one was. */
    private static final int UNTRUNCATED_TOKENS = 512;
    /** As miCSE's card uses the model. */
    private static final int TRUNCATED_TOKENS = 32;
    private static final int MIN_TOKENS = 8;
    private static final int MAX_TOKENS = 8_192;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "1..*", paramLabel = "FILE|FOLDER", description = "What to evaluate; - for standard input.")
    private List<String> paths;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Truncate sentences to N tokens; may be repeated, "
            + "for a column each (default: 512, or as many as the model has positions for, and 32; with --json "
            + "without the 32).")
    private List<Integer> maxTokens = new ArrayList<>();

    @Option(names = "--split", description = "${COMPLETION-CANDIDATES}: the part of STSBenchmark and SICK taken from "
            + "a SentEval folder (default: test).")
    private StsSplit split = StsSplit.TEST;

    @Option(names = "--json", description = "One JSON object a set instead of the table; with several --max-tokens, "
            + "one a set and truncation, with a field maxTokens.")
    private boolean json;

    private final OutputStream stdout;

    /** @param stdout where JSON lines go; not closed here */
    EvalStsCommand(OutputStream stdout) {
        this.stdout = stdout;
    }

    @Override
    public Integer call() throws IOException {
        ConfigSource source = options.source();
        StsFiles files = StsFiles.read(paths, split);
        List<Limit> limits = limits(source.build().model());
        source.with(ConfigKey.MODEL_MAX_TOKENS, limits.stream().mapToInt(Limit::tokens).max().orElseThrow());
        Config config = source.build();
        try (Console console = new Console(spec)) {
            describe(files, console);
            try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry())) {
                StsReport report = evaluate(files.sets(), limits, model, console);
                console.endProgress();
                if (json) {
                    writeJson(report);
                } else {
                    printTable(report, model.steps().model(), console);
                }
            }
            return Semblance.OK;
        }
    }

    /**
     * Where sentences are cut.
     *
     * @param origin who says so
     */
    private record Limit(int tokens, String origin) {}

    /** Each once, in the order given. */
    private List<Limit> limits(Config.Model config) {
        for (int length : maxTokens) {
            if (length < MIN_TOKENS || length > MAX_TOKENS) {
                throw new ParameterException(spec.commandLine(), "--max-tokens " + length + ": must be from "
                        + MIN_TOKENS + " to " + MAX_TOKENS);
            }
        }
        if (!maxTokens.isEmpty()) {
            return maxTokens.stream().distinct().map(length -> new Limit(length, "--max-tokens")).toList();
        }
        Limit longest = config.maxTokens() == 0
                ? longest(ModelBundle.open(config))
                : new Limit(config.maxTokens(), ConfigKey.MODEL_MAX_TOKENS.key());
        return json || longest.tokens() <= TRUNCATED_TOKENS
                ? List.of(longest)
                : List.of(longest, new Limit(TRUNCATED_TOKENS, "as miCSE's card uses it"));
    }

    /** What the manifest cuts at is for the model's everyday use; here it is asked only where nothing else is known. */
    private static Limit longest(ModelBundle bundle) {
        int positions = bundle.positions().orElse(-1);
        if (positions < 0) {
            return bundle.maxTokens() < UNTRUNCATED_TOKENS
                    ? new Limit(bundle.maxTokens(), "max_tokens of the manifest; the graph does not tell its positions")
                    : new Limit(UNTRUNCATED_TOKENS, "no sentence is longer as a rule");
        }
        return positions <= UNTRUNCATED_TOKENS
                ? new Limit(positions, "all positions that the model has")
                : new Limit(UNTRUNCATED_TOKENS, "of " + positions + " positions that the model has");
    }

    private static void describe(StsFiles files, Console console) {
        files.missing().forEach(set -> console.note("missing: " + set));
        for (StsSet set : files.sets()) {
            if (!set.missing().isEmpty()) {
                console.note("missing of " + set.name() + ": " + String.join(", ", set.missing())
                        + "; its figures are not those of the whole set");
            }
            if (set.unscored() > 0) {
                console.note(String.format(Locale.ROOT, "%s: pairs without a score, left out: %,d", set.name(),
                        set.unscored()));
            }
        }
    }

    private static StsReport evaluate(List<StsSet> sets, List<Limit> limits, LoadedModel model, Console console) {
        List<Truncation> truncations = new ArrayList<>();
        try {
            for (Limit limit : limits) {
                truncations.add(new Truncation(limit.tokens(), limit.origin(),
                        HuggingFaceTokenizers.open(model.bundle().tokenizerJson(), limit.tokens())));
            }
            console.startProgress("sentences", (long) StsEvaluation.distinctTexts(sets) * limits.size());
            return new StsEvaluation(model.steps().engine(), model.steps().preprocessing()).evaluate(sets, truncations,
                    done -> console.progress(done, ""));
        } finally {
            truncations.stream().map(Truncation::tokenizer).forEach(Tokenizer::close);
        }
    }

    private static void printTable(StsReport report, ModelIdentity model, Console console) {
        console.print(model.id() + ", " + model.precision() + ", " + model.pooling() + " pooling; Spearman and Pearson"
                + " × 100 of the cosines");
        StsTable.lines(report, ReferenceScores.ofModel(model.id())).forEach(console::print);
    }

    private void writeJson(StsReport report) throws IOException {
        boolean several = report.columns().size() > 1;
        try (JsonLines lines = new JsonLines(stdout)) {
            for (StsReport.Row row : report.rows()) {
                for (int i = 0; i < report.columns().size(); i++) {
                    Correlation correlation = row.whole().get(i);
                    int length = report.columns().get(i).maxTokens();
                    lines.add(fields -> {
                        fields.writeStringField("set", row.set().name());
                        fields.writeNumberField("pairs", row.set().pairs().size());
                        fields.writeNumberField("spearman", hundredfold(correlation.spearman()));
                        fields.writeNumberField("pearson", hundredfold(correlation.pearson()));
                        if (several) {
                            fields.writeNumberField("maxTokens", length);
                        }
                    });
                }
            }
        }
    }

    /** Rounded to four decimals. */
    private static double hundredfold(double correlation) {
        return Math.round(correlation * 1e6) / 1e4;
    }
}
