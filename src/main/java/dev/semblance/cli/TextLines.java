package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.embed.EmbeddingSteps.Submitted;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.ReplayFile;
import dev.semblance.record.Embedding;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;

/**
 * Lines of a file → embedded events, in the order of the lines, with many in flight so that batches fill. What cannot
 * be embedded is named on stderr with its line, and counted. Thread: the main thread.
 */
final class TextLines {

    /**
     * An event with its vector.
     *
     * @param source      the number of its line as offset
     * @param sourceValue the line's bytes where {@code source.keep=true} and they hold this one event, else null
     */
    record EmbeddedLine(SourcePosition source, TextEvent event, Submitted submitted, float[] vector,
            byte[] sourceValue) {}

    /** Receives each embedded event. */
    interface Sink {
        void accept(EmbeddedLine line) throws Exception;
    }

    private record Pending(SourcePosition source, TextEvent event, Submitted submitted, byte[] sourceValue) {}

    private static final int IN_FLIGHT = 2_048;

    private final Config config;
    private final TextDecoder decoder;
    private final EmbeddingSteps steps;
    private final LongSupplier recordTimeMs;
    private final Console console;
    private final Queue<Pending> inFlight = new ArrayDeque<>();
    private long done;
    private long rejected;

    /** @param recordTimeMs stands in for the time of events that have none, in epoch milliseconds */
    TextLines(Config config, EmbeddingSteps steps, Console console, LongSupplier recordTimeMs) {
        this.config = config;
        this.recordTimeMs = recordTimeMs;
        this.decoder = new TextDecoder(config.texts(), System::currentTimeMillis);
        this.steps = steps;
        this.console = console;
    }

    /** Number of events that could not be embedded. */
    long rejected() {
        return rejected;
    }

    void embedAll(ReplayFile records, Sink sink) throws Exception {
        embedAll(records, Long.MAX_VALUE, sink);
    }

    /** @param maxRecords records read at most; one may hold several events */
    void embedAll(ReplayFile records, long maxRecords, Sink sink) throws Exception {
        for (long read = 0; read < maxRecords && records.hasNext(); read++) {
            FeedRecord next = records.next();
            // Not a count of records: blank lines are skipped, but have a number.
            long lineNumber = records.lines();
            byte[] key = next.key() != null ? next.key() : Long.toString(lineNumber).getBytes(StandardCharsets.UTF_8);
            RawRecord raw = new RawRecord(new SourcePosition("line", 0, lineNumber), recordTimeMs.getAsLong(), key,
                    next.value(), List.of());
            List<TextOutcome> outcomes = decoder.decode(raw);
            byte[] sourceValue = config.embed().keepSource() && outcomes.size() == 1 ? raw.value() : null;
            for (TextOutcome outcome : outcomes) {
                start(raw.source(), outcome, sourceValue);
            }
            while (inFlight.size() > IN_FLIGHT || (!inFlight.isEmpty() && inFlight.peek().submitted().vector()
                    .isDone())) {
                finish(inFlight.remove(), sink);
            }
        }
        while (!inFlight.isEmpty()) {
            finish(inFlight.remove(), sink);
        }
    }

    private void start(SourcePosition source, TextOutcome outcome, byte[] sourceValue) {
        switch (outcome) {
            case TextOutcome.Accepted(TextEvent event) -> {
                try {
                    inFlight.add(new Pending(source, event, steps.submit(event.text()), sourceValue));
                } catch (PoisonTextException e) {
                    reject(source, "POISON_TEXT", e.getMessage());
                }
            }
            case TextOutcome.Rejected(var rejection) ->
                reject(source, rejection.reason().name(), rejection.message());
            case TextOutcome.Deleted(String id) ->
                throw new IllegalStateException("a line of a file cannot delete " + id);
        }
    }

    private void finish(Pending pending, Sink sink) throws Exception {
        float[] vector;
        try {
            vector = pending.submitted().vector().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof PoisonTextException poison) {
                reject(pending.source(), "POISON_TEXT", poison.getMessage());
                return;
            }
            throw e;
        }
        sink.accept(new EmbeddedLine(pending.source(), pending.event(), pending.submitted(), vector,
                pending.sourceValue()));
        console.progress(++done, "");
    }

    /** What the embed stage would write of it. */
    Embedding embedding(EmbeddedLine line, boolean keepText) {
        String text = line.event().text();
        return steps.embedding(keepText ? line.event() : line.event().withoutText(), text, line.source(),
                line.submitted(), line.vector(), line.sourceValue());
    }

    private void reject(SourcePosition source, String reason, String message) {
        rejected++;
        console.note("line " + source.offset() + ": " + reason + ": " + message);
    }
}
