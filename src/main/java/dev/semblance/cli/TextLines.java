package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.embed.EmbeddingSteps.Submitted;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.ReplayFile;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;

/**
 * Lines of a file → embedded events, in the order of the lines, with many in flight so that batches fill. What cannot
 * be embedded is named on stderr with its line, and counted. Thread: the main thread.
 */
final class TextLines {

    /** An event with its vector. */
    record EmbeddedLine(TextEvent event, Submitted submitted, float[] vector) {}

    /** Receives each embedded event. */
    interface Sink {
        void accept(EmbeddedLine line) throws Exception;
    }

    private record Pending(long line, TextEvent event, Submitted submitted) {}

    private static final int IN_FLIGHT = 2_048;

    private final TextDecoder decoder;
    private final EmbeddingSteps steps;
    private final Console console;
    private final Queue<Pending> inFlight = new ArrayDeque<>();
    private long lineNumber;
    private long done;
    private long rejected;

    TextLines(Config config, EmbeddingSteps steps, Console console) {
        this.decoder = new TextDecoder(config.texts(), System::currentTimeMillis);
        this.steps = steps;
        this.console = console;
    }

    /** Number of events that could not be embedded. */
    long rejected() {
        return rejected;
    }

    void embedAll(ReplayFile records, Sink sink) throws Exception {
        while (records.hasNext()) {
            FeedRecord next = records.next();
            // Not a count of records: blank lines are skipped, but have a number.
            lineNumber = records.lines();
            byte[] key = next.key() != null ? next.key() : Long.toString(lineNumber).getBytes(StandardCharsets.UTF_8);
            RawRecord raw = new RawRecord(new SourcePosition("line", 0, lineNumber), System.currentTimeMillis(), key,
                    next.value(), List.of());
            for (TextOutcome outcome : decoder.decode(raw)) {
                start(outcome);
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

    private void start(TextOutcome outcome) {
        switch (outcome) {
            case TextOutcome.Accepted(TextEvent event) -> {
                try {
                    inFlight.add(new Pending(lineNumber, event, steps.submit(event.text())));
                } catch (PoisonTextException e) {
                    reject(lineNumber, "POISON_TEXT", e.getMessage());
                }
            }
            case TextOutcome.Rejected(var rejection) ->
                reject(lineNumber, rejection.reason().name(), rejection.message());
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
                reject(pending.line(), "POISON_TEXT", poison.getMessage());
                return;
            }
            throw e;
        }
        sink.accept(new EmbeddedLine(pending.event(), pending.submitted(), vector));
        console.progress(++done, "");
    }

    private void reject(long line, String reason, String message) {
        rejected++;
        console.note("line " + line + ": " + reason + ": " + message);
    }
}
