package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.detect.ClusterSizes;
import dev.semblance.detect.Deduplicator;
import dev.semblance.detect.Verdict;
import dev.semblance.local.ReplayFile;
import dev.semblance.record.Embedding;
import dev.semblance.record.SourcePosition;
import dev.semblance.text.TextFingerprint;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance dedup}: the rules of the detect stage over a file, without Kafka. */
@Command(name = "dedup", description = "Apply the detect rules to a file: one JSON line an event, in event-time order.")
final class DedupCommand implements Callable<Integer> {

    /** Events held to put a file's lines into event-time order; a file further out of order is decided as it comes. */
    private static final int REORDER_EVENTS = 8_192;

    private static final Comparator<Embedding> EVENT_TIME = Comparator
            .<Embedding>comparingLong(e -> e.event().eventTimeMs()).thenComparing(e -> e.event().id());

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(paramLabel = "FILE", description = "JSON lines or plain text, may be gzipped; - for standard input.")
    private String file;

    @Option(names = "--threshold", paramLabel = "T", description = "Cosine from which texts count as near-duplicates.")
    private String threshold;

    @Option(names = "--window", paramLabel = "D", description = "How far back to look, as 90s, 15m, 24h or 30d.")
    private String window;

    private final OutputStream stdout;
    private final PriorityQueue<Embedding> waiting = new PriorityQueue<>(EVENT_TIME);
    private final Tally tally = new Tally();

    /** Totals for the closing line. */
    private static final class Tally {
        private long events;
        private long duplicates;
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
        Config config = source.build();
        MeterRegistry registry = new SimpleMeterRegistry();
        try (ReplayFile records = ReplayFile.open(file, config.texts().jsonId(), config.texts().jsonTimestamp());
                LoadedModel model = LoadedModel.open(config, registry);
                Console console = new Console(spec);
                JsonLines json = new JsonLines(stdout)) {
            Deduplicator deduplicator = new Deduplicator(config.detect(),
                    VectorWindows.inMemory(config.detect(), registry), ClusterSizes.inMemory(), Long.MIN_VALUE);
            console.startProgress("events", -1);
            TextLines lines = new TextLines(config, model.steps(), console);
            lines.embedAll(records, line -> {
                waiting.add(embedding(line, model));
                if (waiting.size() >= REORDER_EVENTS + config.detect().scanMaxRows()) {
                    decide(deduplicator, json, config.detect().scanMaxRows());
                }
            });
            while (!waiting.isEmpty()) {
                decide(deduplicator, json, config.detect().scanMaxRows());
            }
            console.note(String.format(Locale.ROOT, "%,d events, %,d duplicates, %,d late, %,d rejected",
                    tally.events, tally.duplicates, tally.late, lines.rejected()));
            return lines.rejected() == 0 ? 0 : 1;
        }
    }

    private static Embedding embedding(TextLines.EmbeddedLine line, LoadedModel model) {
        String text = line.event().text();
        return new Embedding(line.event(), new SourcePosition("line", 0, 0), model.steps().model(),
                model.steps().preprocessing().id(), line.vector(), line.submitted().tokens().length(),
                line.submitted().tokens().truncated(), TextFingerprint.hash(text), TextFingerprint.figures(text), null);
    }

    private void decide(Deduplicator deduplicator, JsonLines json, int rows) {
        List<Embedding> batch = new ArrayList<>();
        while (batch.size() < rows && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        deduplicator.decide(batch).forEach(verdict -> write(json, verdict));
    }

    private void write(JsonLines lines, Verdict verdict) {
        tally.events++;
        tally.duplicates += verdict.match() != null ? 1 : 0;
        tally.late += verdict.outcome() == Verdict.Outcome.LATE ? 1 : 0;
        try {
            lines.add(json -> fields(json, verdict));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            json.writeNumberField("similarity", Math.round(verdict.match().cosine() * 1e6) / 1e6);
            json.writeStringField("kind", verdict.match().kind().name());
            json.writeNumberField("clusterSize", verdict.match().clusterSize());
        }
    }
}
