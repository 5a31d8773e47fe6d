package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.semblance.cli.TextLines.EmbeddedLine;
import dev.semblance.codec.EmbeddingFile;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.local.ReplayFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance embed}: texts → vectors, without Kafka. */
@Command(name = "embed", description = "Turn texts into vectors: one JSON object a line, an .npy "
        + "matrix, or an Avro file.")
final class EmbedCommand implements Callable<Integer> {

    /** How vectors are written. */
    enum Format {
        jsonl,
        npy,
        avro
    }

    /** Of events without a time: the clock would make the same input another output each time. */
    private static final long UNKNOWN_TIME_MS = 0;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "0..1", paramLabel = "FILE", defaultValue = "-", description = "Plain lines or JSON lines, "
            + "may be gzipped; - (default) for standard input.")
    private String file;

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES} (default: jsonl).")
    private Format format = Format.jsonl;

    @Option(names = "--out", paramLabel = "FILE",
            description = "Write here instead of standard output, once all is there.")
    private Path out;

    @Option(names = "--no-normalize", description = "Leave vectors at the length that pooling gives them.")
    private boolean noNormalize;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Truncate texts to N tokens "
            + "(default: as the model says).")
    private Integer maxTokens;

    private final OutputStream stdout;

    /** @param stdout where results go unless a file is named; not closed here */
    EmbedCommand(OutputStream stdout) {
        this.stdout = stdout;
    }

    @Override
    public Integer call() throws Exception {
        ConfigSource source = options.source();
        if (maxTokens != null) {
            source.with(ConfigKey.MODEL_MAX_TOKENS, maxTokens);
        }
        Config config = source.build();
        OutputFile.requireOther(out, List.of(file));
        try (ReplayFile records = ReplayFile.open(file, config.texts().jsonId(),
                config.texts().jsonTimestamp());
                LoadedModel model = noNormalize
                        ? LoadedModel.openWithoutNormalisation(config, new SimpleMeterRegistry())
                        : LoadedModel.open(config, new SimpleMeterRegistry());
                Console console = new Console(spec)) {
            console.startProgress("texts", -1);
            TextLines lines = new TextLines(config, model.steps(), console, () -> UNKNOWN_TIME_MS);
            if (out == null) {
                write(lines, records, stdout, config, model);
            } else {
                try (OutputFile target = OutputFile.open(out)) {
                    write(lines, records, target.stream(), config, model);
                    target.keep();
                }
            }
            return lines.rejected() == 0 ? 0 : 1;
        }
    }

    private void write(TextLines lines, ReplayFile records, OutputStream target, Config config, LoadedModel model)
            throws Exception {
        switch (format) {
            case jsonl -> {
                try (JsonLines json = new JsonLines(target)) {
                    lines.embedAll(records, line -> json.add(fields -> write(fields, line)));
                }
            }
            case npy -> {
                NpyMatrix matrix = new NpyMatrix(model.steps().model().dimension());
                lines.embedAll(records, line -> matrix.add(line.vector()));
                matrix.write(new BufferedOutputStream(target, 1 << 16));
            }
            case avro -> {
                try (EmbeddingFile avro = new EmbeddingFile(target, config.embed().vectorEncoding())) {
                    lines.embedAll(records,
                            line -> avro.add(lines.embedding(line, config.embed().keepText())));
                }
            }
        }
    }

    private static void write(JsonGenerator json, EmbeddedLine line) throws IOException {
        json.writeStringField("id", line.event().id());
        json.writeStringField("text", line.event().text());
        json.writeArrayFieldStart("vector");
        for (float component : line.vector()) {
            json.writeNumber(component);
        }
        json.writeEndArray();
        json.writeNumberField("tokens", line.submitted().tokens().length());
        json.writeBooleanField("truncated", line.submitted().tokens().truncated());
    }
}
