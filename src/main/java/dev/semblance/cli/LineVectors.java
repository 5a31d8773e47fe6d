package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.local.LineFile;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.vector.VectorKernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The lines of a file with the vector of each. Other than {@link TextLines}, a line is a place: one that is blank, or
 * cannot be embedded, is there without a vector, and named on stderr. Thread: one.
 */
final class LineVectors implements AutoCloseable {

    /**
     * A line.
     *
     * @param number from 1
     * @param vector null where it has none
     */
    record Line(long number, CompletableFuture<float[]> vector) {}

    private final LineFile file;
    private final TextDecoder decoder;
    private final EmbeddingSteps steps;
    private final Console console;
    private long rejected;

    LineVectors(String file, Config config, EmbeddingSteps steps, Console console) throws IOException {
        this.file = LineFile.open(file);
        this.decoder = new TextDecoder(config.texts(), System::currentTimeMillis);
        this.steps = steps;
        this.console = console;
    }

    /** For messages. */
    String name() {
        return file.name();
    }

    /** Lines without a vector so far. */
    long rejected() {
        return rejected;
    }

    /** Puts the next line on its way; null at the end. Blocks while the engine's queue is full. */
    Line next() throws IOException {
        byte[] bytes = file.next();
        if (bytes == null) {
            return null;
        }
        long number = file.count();
        RawRecord raw = new RawRecord(new SourcePosition("line", 0, number), 0,
                Long.toString(number).getBytes(StandardCharsets.UTF_8), bytes, List.of());
        List<TextOutcome> outcomes = decoder.decode(raw);
        if (outcomes.size() != 1) {
            reject(number, "holds " + outcomes.size() + " events, expected one a line");
            return new Line(number, null);
        }
        return new Line(number, switch (outcomes.getFirst()) {
            case TextOutcome.Accepted(var event) -> submit(number, event.text());
            case TextOutcome.Rejected(var rejection) -> {
                reject(number, rejection.reason() + ": " + rejection.message());
                yield null;
            }
            case TextOutcome.Deleted(String id) ->
                throw new IllegalStateException("a line of a file cannot delete " + id);
        });
    }

    private CompletableFuture<float[]> submit(long number, String text) {
        try {
            return steps.submit(text).vector();
        } catch (PoisonTextException e) {
            reject(number, "POISON_TEXT: " + e.getMessage());
            return null;
        }
    }

    /** Waits for a line's vector: unit L2 norm, or null where the line has none. */
    float[] await(Line line) {
        if (line.vector() == null) {
            return null;
        }
        try {
            return VectorKernels.normalised(line.vector().join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof PoisonTextException poison) {
                reject(line.number(), "POISON_TEXT: " + poison.getMessage());
                return null;
            }
            throw e;
        }
    }

    private void reject(long number, String why) {
        rejected++;
        console.note(file.name() + ", line " + number + ": " + why);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
