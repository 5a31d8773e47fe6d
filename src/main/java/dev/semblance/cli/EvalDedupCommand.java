package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.eval.PairEvaluation;
import dev.semblance.eval.PairEvaluation.Miss;
import dev.semblance.eval.PairEvaluation.Result;
import dev.semblance.record.Embedding;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance eval dedup}: the pairs that the window finds in a file, against all that there are. */
@Command(name = "dedup", description = "Compare the pairs of similar events that the window finds in a file with brute "
        + "force over every pair. Times do not matter: all events are in one window.")
final class EvalDedupCommand implements Callable<Integer> {

    private static final String WINDOW_BYTES = Long.toString(1L << 40);
    private static final String LONGEST_WINDOW = "3650d";
    private static final int SCAN_ROWS = 256;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(paramLabel = "FILE", description = "JSON lines or plain text, may be gzipped; - for standard input; or "
            + "what `embed --format avro` wrote.")
    private String file;

    @Option(names = "--thresholds", split = ",", paramLabel = "T", description = "Thresholds to evaluate (default: "
            + "0.95,0.9,0.85).")
    private List<String> thresholds = List.of("0.95", "0.9", "0.85");

    @Option(names = "--exact", description = "Without sign codes, as detect.exact=true: nothing may be missed.")
    private boolean exact;

    @Option(names = "--limit", paramLabel = "N", description = "Take only the first N records.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "One JSON line a threshold instead of the table.")
    private boolean json;

    private final OutputStream stdout;

    /** @param stdout where JSON lines go; not closed here */
    EvalDedupCommand(OutputStream stdout) {
        this.stdout = stdout;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit=" + limit + ": expected at least 1");
        }
        ConfigSource source = options.source().with(ConfigKey.WINDOW, LONGEST_WINDOW)
                .with(ConfigKey.DETECT_MODE, "pairs").with(ConfigKey.DECAY_HALF_LIFE, "0ms")
                .with(ConfigKey.WINDOW_MAX_BYTES, WINDOW_BYTES).with(ConfigKey.SCAN_MAX_ROWS, SCAN_ROWS);
        if (exact) {
            source.with(ConfigKey.DETECT_EXACT, "true");
        }
        List<Double> each = new ArrayList<>();
        for (String threshold : thresholds) {
            each.add(source.with(ConfigKey.THRESHOLD, threshold).build().detect().threshold());
        }
        Config config = source.build();
        try (Console console = new Console(spec)) {
            List<Embedding> events = events(config, console);
            PairEvaluation evaluation = new PairEvaluation(config.detect(), events);
            List<Result> results = new ArrayList<>();
            for (double threshold : each) {
                console.startProgress("events at " + threshold, events.size());
                results.add(evaluation.at(threshold, done -> console.progress(done, "")));
            }
            console.endProgress();
            if (json) {
                writeJson(results);
            } else {
                print(results, console);
            }
            boolean broken = results.stream().anyMatch(r -> r.wrong() > 0 || r.missed() > 0 && config.detect().exact());
            return broken ? Semblance.FAILURE : Semblance.OK;
        }
    }

    /** In event-time order, each id once. */
    private List<Embedding> events(Config config, Console console) throws Exception {
        List<Embedding> events = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        EmbeddedEvents embedded = new EmbeddedEvents(config, new SimpleMeterRegistry(), console);
        long[] repeated = {0};
        embedded.read(file, limit, event -> {
            if (ids.add(event.event().id())) {
                events.add(event);
            } else {
                repeated[0]++;
            }
        });
        events.sort(DedupCommand.EVENT_TIME);
        console.note(String.format(Locale.ROOT, "%,d events, %,d more with an id that was there, %,d rejected",
                events.size(), repeated[0], embedded.rejected()));
        return events;
    }

    private static void print(List<Result> results, Console console) {
        console.print(String.format(Locale.ROOT, "%9s %12s %12s %7s %9s %13s %13s %6s  %s", "threshold", "pairs",
                "found", "missed", "recall", "rounded below", "rounded above", "wrong",
                "largest error of a cosine (bound)"));
        for (Result r : results) {
            console.print(String.format(Locale.ROOT, "%9s %,12d %,12d %,7d %9s %,13d %,13d %,6d  %.1e (%.1e)",
                    Double.toString(r.threshold()), r.pairs(), r.found(), r.missed(), recall(r), r.roundedBelow(),
                    r.roundedAbove(), r.wrong(), r.largestError(), r.errorBound()));
        }
        for (Result r : results) {
            console.print(r.promise());
            for (Miss miss : r.misses()) {
                console.print(String.format(Locale.ROOT, "  missed: %s and %s, cosine %.6f, in 16 bits %.6f",
                        miss.earlierId(), miss.laterId(), miss.cosine(), miss.held()));
            }
        }
    }

    /** 1 only where nothing was missed. */
    private static String recall(Result r) {
        return r.missed() == 0 ? "1" : String.format(Locale.ROOT, "%.7f", Math.min(r.recall(), 0.9999999));
    }

    private void writeJson(List<Result> results) throws IOException {
        try (JsonLines lines = new JsonLines(stdout)) {
            for (Result r : results) {
                lines.add(fields -> fields(fields, r));
            }
        }
    }

    private static void fields(JsonGenerator fields, Result r) throws IOException {
        fields.writeNumberField("threshold", r.threshold());
        fields.writeNumberField("events", r.events());
        fields.writeNumberField("pairs", r.pairs());
        fields.writeNumberField("found", r.found());
        fields.writeNumberField("missed", r.missed());
        fields.writeNumberField("roundedBelow", r.roundedBelow());
        fields.writeNumberField("roundedAbove", r.roundedAbove());
        fields.writeNumberField("wrong", r.wrong());
        fields.writeNumberField("largestError", r.largestError());
        fields.writeNumberField("errorBound", r.errorBound());
        fields.writeStringField("promise", r.promise());
        fields.writeArrayFieldStart("misses");
        for (Miss miss : r.misses()) {
            fields.writeStartObject();
            fields.writeStringField("a", miss.earlierId());
            fields.writeStringField("b", miss.laterId());
            fields.writeNumberField("cosine", miss.cosine());
            fields.writeNumberField("held", miss.held());
            fields.writeEndObject();
        }
        fields.writeEndArray();
    }
}
