package dev.semblance.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.config.Durations;
import dev.semblance.detect.ThresholdSweep;
import dev.semblance.detect.ThresholdSweep.Example;
import dev.semblance.detect.ThresholdSweep.Row;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.text.TokenDiff;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code semblance dedup --sweep}: what each of several thresholds would suppress. Thread: one; one run. */
final class DedupSweep {

    /** The options that go with {@code --sweep}. */
    static final class Options {
        @Option(names = "--sweep", required = true, description = "Dry run: how much each of several thresholds would "
                + "suppress, with pairs at the margin.")
        private boolean sweep;

        @Option(names = "--thresholds", split = ",", paramLabel = "T", description = "Thresholds to compare (default: "
                + "0.80,0.84,0.88,0.90,0.92,0.94,0.96,0.98,0.99); equal texts alone are always compared, too.")
        private List<String> thresholds = List.of("0.80", "0.84", "0.88", "0.90", "0.92", "0.94", "0.96", "0.98",
                "0.99");

        @Option(names = "--examples", paramLabel = "N", description = "Pairs shown above and below each threshold "
                + "(default: ${DEFAULT-VALUE}).")
        private int examples = 2;

        @Option(names = "--limit", paramLabel = "N", description = "Take only the first N events.")
        private long limit = Long.MAX_VALUE;

        @Option(names = "--json", description = "One JSON line a threshold instead of the table.")
        private boolean json;
    }

    private static final int MAX_EXAMPLES = 100;
    /** Of an embedded event beside its vector and text, from above. */
    private static final long EVENT_BYTES = 600;
    private static final String EXACT_ONLY = "EXACT only";

    private final CommandSpec spec;
    private final Options options;
    private final ConfigSource source;
    private final OutputStream stdout;

    DedupSweep(CommandSpec spec, Options options, ConfigSource source, OutputStream stdout) {
        this.spec = spec;
        this.options = options;
        this.source = source;
        this.stdout = stdout;
    }

    int run(String file) throws Exception {
        require(options.examples >= 0 && options.examples <= MAX_EXAMPLES, "--examples", options.examples,
                "0 to " + MAX_EXAMPLES);
        require(options.limit >= 1, "--limit", options.limit, "at least 1");
        List<Double> thresholds = new ArrayList<>();
        for (String threshold : options.thresholds) {
            thresholds.add(source.with(ConfigKey.THRESHOLD, threshold).build().detect().threshold());
        }
        Config config = Centre.of(source.build());
        if (config.detect().mode() != Config.DetectMode.DEDUP) {
            throw new ParameterException(spec.commandLine(), "--sweep tells what would be suppressed, and "
                    + "detect.mode=pairs (--pairs) suppresses nothing: leave one of them out");
        }
        try (Console console = new Console(spec)) {
            List<Embedding> events = new ArrayList<>();
            long rejected = embed(file, config, console, events);
            ThresholdSweep sweep = new ThresholdSweep(config.detect(), events, options.examples);
            List<Row> rows = new ArrayList<>();
            for (double threshold : thresholds.stream().distinct().sorted().toList()) {
                console.startProgress("events at " + threshold, events.size());
                rows.add(sweep.at(threshold, progress(console)));
            }
            console.startProgress("events, " + EXACT_ONLY, events.size());
            rows.add(sweep.exactOnly(progress(console)));
            console.endProgress();
            write(config, rows);
            console.note(String.format(Locale.ROOT, "%,d events, %,d rejected", events.size(), rejected));
            return rejected == 0 ? Semblance.OK : 1;
        }
    }

    private static LongConsumer progress(Console console) {
        return done -> console.progress(done, "");
    }

    private void require(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + "=" + value + ": expected " + expected);
        }
    }

    /** Adds the events with their vectors in event-time order; returns how many could not be embedded. */
    private long embed(String file, Config config, Console console, List<Embedding> events) throws Exception {
        long budget = Runtime.getRuntime().maxMemory() / 2;
        long[] bytes = {0};
        EmbeddedEvents embedded = new EmbeddedEvents(config, new SimpleMeterRegistry(), console);
        embedded.read(file, options.limit, event -> {
            if (event.event().text() == null) {
                throw new CommandFailure("--sweep shows texts, and event " + event.event().id()
                        + " was embedded without (text.keep=false): name the file of texts instead");
            }
            if (events.size() < options.limit) {
                events.add(event);
            }
            bytes[0] += EVENT_BYTES + (long) Float.BYTES * event.vector().length + 2L * event.event().text().length();
            if (bytes[0] > budget) {
                throw new CommandFailure("--sweep keeps every vector: those of " + events.size()
                        + " events take half of the heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MiB. Take a sample with --limit, or set SEMBLANCE_JAVA_OPTS=-Xmx…");
            }
        });
        events.sort(DedupCommand.EVENT_TIME);
        return embedded.rejected();
    }

    private void write(Config config, List<Row> rows) throws IOException {
        if (options.json) {
            try (JsonLines lines = new JsonLines(stdout)) {
                for (Row row : rows) {
                    lines.add(json -> fields(json, row));
                }
            }
        } else {
            stdout.write((table(config.detect(), rows) + examples(rows)).getBytes(UTF_8));
            stdout.flush();
        }
    }

    private static String table(Config.Detect rules, List<Row> rows) {
        StringBuilder out = new StringBuilder();
        Row any = rows.getFirst();
        out.append(String.format(Locale.ROOT, "%,d events, %,d of them late; window %s; suppressed kinds: %s\n\n",
                any.events(), any.late(), Durations.format(rules.window()),
                rules.suppressedKinds().isEmpty()
                        ? "none"
                        : String.join(", ", rules.suppressedKinds().stream().sorted().map(MatchKind::name).toList())));
        out.append(String.format(Locale.ROOT, "%10s %11s %7s %9s %9s %9s %11s\n", "threshold", "suppressed", "share",
                "EXACT", "NEAR", "VARIANT", "unique"));
        for (Row row : rows) {
            out.append(String.format(Locale.ROOT, "%10s %,11d %6.1f%% %,9d %,9d %,9d %,11d\n", name(row),
                    row.suppressed(), row.events() == 0 ? 0 : 100.0 * row.suppressed() / row.events(),
                    row.duplicates().get(MatchKind.EXACT), row.duplicates().get(MatchKind.NEAR),
                    row.duplicates().get(MatchKind.VARIANT), row.unique()));
        }
        return out.toString();
    }

    private static String name(Row row) {
        return row.threshold().isEmpty() ? EXACT_ONLY : decimals(row.threshold().getAsDouble());
    }

    /** Two decimals, or as many as it has. */
    private static String decimals(double threshold) {
        String shortest = Double.toString(threshold);
        return shortest.length() < 4 ? String.format(Locale.ROOT, "%.2f", threshold) : shortest;
    }

    private static String examples(List<Row> rows) {
        StringBuilder out = new StringBuilder();
        for (Row row : rows) {
            append(out, name(row) + " just joins:", row.above());
            append(out, name(row) + " just leaves apart:", row.below());
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String title, List<Example> examples) {
        if (examples.isEmpty()) {
            return;
        }
        out.append(String.format("\n%s\n", title));
        for (Example e : examples) {
            String text = e.event().event().text();
            TokenDiff diff = TokenDiff.between(text, e.original().text());
            out.append(
                    String.format(Locale.ROOT, "  %.4f %-7s  %s: %s\n                  %s: %s\n", e.similarity(),
                            e.kind(),
                            AlertPrinter.shorten(e.event().event().id()), AlertPrinter.shorten(text),
                            AlertPrinter.shorten(e.original().id()), AlertPrinter.shorten(e.original().text())));
            String differences = AlertPrinter.differences(diff.onlyInFirst(), diff.onlyInSecond());
            if (!differences.isEmpty()) {
                out.append(String.format("                  differs: %s\n", differences.strip()));
            }
        }
    }

    private static void fields(JsonGenerator json, Row row) throws IOException {
        if (row.threshold().isEmpty()) {
            json.writeNullField("threshold");
        } else {
            json.writeNumberField("threshold", row.threshold().getAsDouble());
        }
        json.writeNumberField("events", row.events());
        json.writeNumberField("late", row.late());
        json.writeNumberField("suppressed", row.suppressed());
        json.writeNumberField("unique", row.unique());
        for (MatchKind kind : MatchKind.values()) {
            json.writeNumberField(kind.name().toLowerCase(Locale.ROOT), row.duplicates().get(kind));
        }
        write(json, "above", row.above());
        write(json, "below", row.below());
    }

    private static void write(JsonGenerator json, String name, List<Example> examples) throws IOException {
        json.writeArrayFieldStart(name);
        for (Example e : examples) {
            String text = e.event().event().text();
            TokenDiff diff = TokenDiff.between(text, e.original().text());
            json.writeStartObject();
            json.writeStringField("id", e.event().event().id());
            json.writeStringField("original", e.original().id());
            json.writeNumberField("similarity", Math.round(e.similarity() * 1e6) / 1e6);
            json.writeStringField("kind", e.kind().name());
            json.writeStringField("text", text);
            json.writeStringField("originalText", e.original().text());
            words(json, "onlyInEvent", diff.onlyInFirst());
            words(json, "onlyInOriginal", diff.onlyInSecond());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void words(JsonGenerator json, String name, List<String> words) throws IOException {
        json.writeArrayFieldStart(name);
        for (String word : words) {
            json.writeString(word);
        }
        json.writeEndArray();
    }
}
