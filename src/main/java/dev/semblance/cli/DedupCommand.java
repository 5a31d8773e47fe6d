package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.detect.ClusterSizes;
import dev.semblance.detect.Deduplicator;
import dev.semblance.detect.Pair;
import dev.semblance.detect.PairJoin;
import dev.semblance.detect.Verdict;
import dev.semblance.record.Embedding;
import dev.semblance.window.OwnWindow;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance dedup}: the rules of the detect stage over a file, without Kafka. */
@Command(name = "dedup", description = "Apply the detect rules to a file: one JSON line an event, in event-time order.")
final class DedupCommand implements Callable<Integer> {

    /** Events held to put a file's lines into event-time order; a file further out of order is decided as it comes. */
    private static final int REORDER_EVENTS = 8_192;
    private static final int SCAN_ROWS = 256;

    static final Comparator<Embedding> EVENT_TIME = Comparator
            .<Embedding>comparingLong(e -> e.event().eventTimeMs()).thenComparing(e -> e.event().id());

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(paramLabel = "FILE", description = "JSON lines or plain text, may be gzipped; - for standard input; or "
            + "what `embed --format avro` wrote.")
    private String file;

    @Option(names = "--threshold", paramLabel = "T", description = "Cosine from which texts count as near-duplicates.")
    private String threshold;

    @Option(names = "--window", paramLabel = "D", description = "How far back to look, as 90s, 15m, 24h or 30d.")
    private String window;

    @Option(names = "--pairs",
            description = "Every pair of similar events instead: one JSON line a pair, a the earlier "
                    + "event. The same as -o detect.mode=pairs.")
    private boolean pairs;

    @Option(names = "--shards", paramLabel = "N", description = "Search the window in N parts at once, a thread each "
            + "(default: as many as there are cores). The output is the same. The same as -o scan.threads=N.")
    private Integer shards;

    @ArgGroup(exclusive = false)
    private DedupSweep.Options sweep;

    private final OutputStream stdout;
    private final PriorityQueue<Embedding> waiting = new PriorityQueue<>(EVENT_TIME);
    private final Tally tally = new Tally();

    /** Totals for the closing line. */
    private static final class Tally {
        private long events;
        /** Duplicates or pairs. */
        private long found;
        private long late;
    }

    /** @param stdout where the lines go; not closed here */
    DedupCommand(OutputStream stdout) {
        this.stdout = stdout;
    }

    @Override
    public Integer call() throws Exception {
        ConfigSource source = options.source();
        if (threshold != null) {
            source.with(ConfigKey.THRESHOLD, threshold);
        }
        if (window != null) {
            source.with(ConfigKey.WINDOW, window);
        }
        if (pairs) {
            source.with(ConfigKey.DETECT_MODE, "pairs");
        }
        spread(source);
        if (sweep != null) {
            if (threshold != null) {
                throw new ParameterException(spec.commandLine(), "--sweep compares thresholds: use --thresholds");
            }
            return new DedupSweep(spec, sweep, source, stdout).run(file);
        }
        Config config = Centre.of(source.build());
        MeterRegistry registry = new SimpleMeterRegistry();
        try (Console console = new Console(spec);
                OwnWindow live = VectorWindows.inMemory(config.detect(), registry);
                JsonLines json = new JsonLines(stdout)) {
            boolean joins = config.detect().mode() == Config.DetectMode.PAIRS;
            Consumer<List<Embedding>> rules = joins
                    ? pairs(new PairJoin(config.detect(), live, Long.MIN_VALUE), json)
                    : stars(new Deduplicator(config.detect(), live, ClusterSizes.inMemory(), Long.MIN_VALUE), json);
            EmbeddedEvents events = new EmbeddedEvents(config, registry, console);
            events.read(file, Long.MAX_VALUE, event -> {
                waiting.add(event);
                if (waiting.size() >= REORDER_EVENTS + config.detect().scanMaxRows()) {
                    decide(rules, config.detect().scanMaxRows());
                }
            });
            while (!waiting.isEmpty()) {
                decide(rules, config.detect().scanMaxRows());
            }
            console.note(String.format(Locale.ROOT, "%,d events, %,d %s, %,d late, %,d rejected",
                    tally.events, tally.found, joins ? "pairs" : "duplicates", tally.late, events.rejected()));
            return events.rejected() == 0 ? 0 : 1;
        }
    }

    /** What nobody has set otherwise: a file is there at once, so that larger batches make nothing wait. */
    private void spread(ConfigSource source) {
        if (shards != null) {
            source.with(ConfigKey.SCAN_THREADS, shards);
        } else if (source.get(ConfigKey.SCAN_THREADS).origin() == ConfigSource.Origin.DEFAULT) {
            source.with(ConfigKey.SCAN_THREADS, Runtime.getRuntime().availableProcessors());
        }
        if (source.get(ConfigKey.SCAN_MAX_ROWS).origin() == ConfigSource.Origin.DEFAULT) {
            source.with(ConfigKey.SCAN_MAX_ROWS, SCAN_ROWS);
        }
    }

    private void decide(Consumer<List<Embedding>> rules, int rows) {
        List<Embedding> batch = new ArrayList<>();
        while (batch.size() < rows && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        rules.accept(batch);
    }

    private Consumer<List<Embedding>> stars(Deduplicator deduplicator, JsonLines lines) {
        return batch -> deduplicator.decide(batch).forEach(verdict -> {
            tally.events++;
            tally.found += verdict.match() != null ? 1 : 0;
            tally.late += verdict.outcome() == Verdict.Outcome.LATE ? 1 : 0;
            write(lines, json -> fields(json, verdict));
        });
    }

    private Consumer<List<Embedding>> pairs(PairJoin join, JsonLines lines) {
        return batch -> join.join(batch).forEach(joined -> {
            tally.events++;
            tally.found += joined.pairs().size();
            tally.late += joined.late() ? 1 : 0;
            joined.pairs().forEach(pair -> write(lines, json -> fields(json, pair)));
        });
    }

    private static void write(JsonLines lines, JsonLines.Fields fields) {
        try {
            lines.add(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fields(JsonGenerator json, Pair pair) throws IOException {
        json.writeStringField("a", pair.earlierId());
        json.writeStringField("b", pair.laterId());
        json.writeNumberField("similarity", Math.round(pair.similarity() * 1e6) / 1e6);
        json.writeStringField("kind", pair.kind().name());
    }

    private static void fields(JsonGenerator json, Verdict verdict) throws IOException {
        json.writeStringField("id", verdict.event().event().id());
        if (verdict.match() == null) {
            json.writeNullField("duplicateOf");
            json.writeNullField("similarity");
            json.writeNullField("kind");
            json.writeNumberField("clusterSize", 1);
        } else {
            json.writeStringField("duplicateOf", verdict.match().original().id());
            json.writeNumberField("similarity", Math.round(verdict.match().similarity() * 1e6) / 1e6);
            json.writeStringField("kind", verdict.match().kind().name());
            json.writeNumberField("clusterSize", verdict.match().clusterSize());
        }
    }
}
