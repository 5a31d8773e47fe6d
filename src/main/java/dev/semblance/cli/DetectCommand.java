package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.Durations;
import dev.semblance.topology.DetectLeftovers;
import dev.semblance.topology.HandOver;
import java.io.PrintWriter;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** From one detect application to another over the same embeddings: other shards, another window, other rules. */
@Command(name = "detect", description = "Replace the detect application by another one, with a full window and nothing"
        + " said twice.")
final class DetectCommand {

    private static final String EARLIEST = "earliest";

    @Spec
    private CommandSpec spec;

    @Command(name = "handover", description = "Check that the detect application of this configuration has stopped with"
            + " nothing left undecided, set where the new one begins, and print the lines that its configuration needs.")
    int handover(@Mixin ConfigOptions options,
            @Option(names = "--to", required = true, paramLabel = "APPLICATION_ID",
                    description = "Id of the new detect application.") String to,
            @Option(names = "--since", defaultValue = EARLIEST, paramLabel = "DURATION",
                    description = "Rebuild the window from embeddings appended this long ago, as 26h; default: earliest,"
                            + " from all that are kept.") String since) {
        Config config = options.config();
        // Whatever a configuration says of an id holds for this one.
        options.source().with(ConfigKey.DETECT_APPLICATION_ID, to).build();
        Duration back = since.equals(EARLIEST) ? null : duration(since);
        try (Admin admin = KafkaClients.admin(config.kafka());
                Consumer<byte[], byte[]> consumer = KafkaClients.consumer(config.kafka(), "semblance-handover")) {
            HandOver.Prepared prepared = new HandOver(admin, consumer, config, to)
                    .prepare(back == null ? null : System.currentTimeMillis() - back.toMillis());
            report(prepared, config, to, back);
        }
        return Semblance.OK;
    }

    private void report(HandOver.Prepared prepared, Config config, String to, Duration back) {
        PrintWriter err = spec.commandLine().getErr();
        Duration needed = config.detect().window().plus(config.detect().grace());
        if (prepared.begun()) {
            err.println("'" + to + "' has begun before and goes on where it is.");
        } else {
            err.println("'" + to + "' begins at partition:offset " + prepared.starts() + ".");
        }
        if (!prepared.begun() && back != null && back.compareTo(needed) < 0) {
            err.println("--since " + Durations.format(back) + " is less than window and grace, "
                    + Durations.format(needed) + ": older originals will be missing.");
        }
        err.println("It needs these two lines in its configuration:");
        PrintWriter out = spec.commandLine().getOut();
        out.println(ConfigKey.DETECT_APPLICATION_ID.key() + "=" + to);
        out.println(ConfigKey.DETECT_EMIT_FROM.key() + "=" + prepared.emitFrom());
    }

    private Duration duration(String since) {
        try {
            return Durations.parse(since);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--since: " + e.getMessage(), e);
        }
    }

    @Command(name = "forget", description = "Delete the group and the internal topics of a detect application that has"
            + " been replaced: its window is lost.")
    int forget(@Mixin ConfigOptions options,
            @Parameters(paramLabel = "APPLICATION_ID", description = "Id of the detect application.") String id) {
        Config config = options.config();
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = KafkaClients.admin(config.kafka())) {
            DetectLeftovers.forget(admin, config, id).forEach(what -> out.println("deleted " + what));
        }
        return Semblance.OK;
    }
}
