package dev.semblance.cli;

import dev.semblance.codec.CodecException;
import dev.semblance.codec.EmbeddingFileReader;
import dev.semblance.codec.VectorCheck;
import dev.semblance.config.Config;
import dev.semblance.local.ReplayFile;
import dev.semblance.record.Embedding;
import dev.semblance.record.Rejection;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The events of a file with their vectors: texts are embedded as they are read; a file that {@code embed --format avro}
 * wrote has its vectors, and needs no model. Thread: the main thread.
 */
final class EmbeddedEvents {

    private static final String STANDARD_INPUT = "-";

    /** Receives each event, in the order of the file. */
    interface Sink {
        void accept(Embedding event) throws Exception;
    }

    private final Config config;
    private final MeterRegistry registry;
    private final Console console;
    private long rejected;

    EmbeddedEvents(Config config, MeterRegistry registry, Console console) {
        this.config = config;
        this.registry = registry;
        this.console = console;
    }

    /** Events that have no vector; each was named on stderr. */
    long rejected() {
        return rejected;
    }

    /** @param maxRecords records read at most; one may hold several events */
    void read(String file, long maxRecords, Sink sink) throws Exception {
        console.startProgress("events", -1);
        if (isEmbedded(file)) {
            readEmbedded(Path.of(file), maxRecords, sink);
            return;
        }
        try (ReplayFile records = ReplayFile.open(file, config.texts().jsonId(), config.texts().jsonTimestamp());
                LoadedModel model = LoadedModel.open(config, registry)) {
            TextLines lines = new TextLines(config, model.steps(), console, System::currentTimeMillis);
            lines.embedAll(records, maxRecords, line -> sink.accept(lines.embedding(line, true)));
            rejected += lines.rejected();
        }
    }

    /** Whether it has vectors already. */
    static boolean isEmbedded(String file) throws java.io.IOException {
        return !file.equals(STANDARD_INPUT) && EmbeddingFileReader.isContainer(Path.of(file));
    }

    private void readEmbedded(Path file, long maxRecords, Sink sink) throws Exception {
        try (EmbeddingFileReader records = EmbeddingFileReader.open(file)) {
            while (records.count() < maxRecords && records.hasNext()) {
                Embedding event;
                try {
                    event = records.next();
                } catch (CodecException e) {
                    reject(records.count(), e.rejection());
                    continue;
                }
                Optional<Rejection> rejection = VectorCheck.check(event);
                if (rejection.isPresent()) {
                    reject(records.count(), rejection.get());
                } else {
                    sink.accept(event);
                    console.progress(records.count(), "");
                }
            }
        }
    }

    private void reject(long record, Rejection rejection) {
        rejected++;
        console.note("record " + record + ": " + rejection.reason() + ": " + rejection.message());
    }
}
