package dev.semblance.cli;

import dev.semblance.codec.CodecException;
import dev.semblance.codec.RecordJson;
import dev.semblance.config.Config;
import dev.semblance.config.Durations;
import dev.semblance.topology.TopicCatalog;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The records of a topic, as lines. */
@Command(name = "tail", description = "Print a topic's committed records, a line each, and follow it.")
final class TailCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);

    /** Where to begin. */
    enum From {
        beginning,
        end
    }

    /** As in the configuration. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Durations.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(paramLabel = "TOPIC", description = "embeddings, alerts, unique, dead-letters, texts, watches,"
            + " watch-vectors, or any topic's name.")
    private String topic;

    @Option(names = "--json", description = "One JSON object a line, with the fields of the schema.")
    private boolean json;

    @Option(names = "--from", defaultValue = "beginning", description = "beginning or end; default: beginning.")
    private From from;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after N records.")
    private Long limit;

    @Option(names = "--timeout", paramLabel = "DURATION", converter = DurationConverter.class, description = "Stop when"
            + " no record has come for this long, as 10s; default: follow until Ctrl-C.")
    private Duration timeout;

    @Override
    public Integer call() {
        Config config = options.config();
        String name = TopicCatalog.names(config.topics()).getOrDefault(topic, topic);
        KafkaClients.admin(config.kafka()).close();
        try (Consumer<byte[], byte[]> consumer = KafkaClients.consumer(config.kafka(), "semblance-tail")) {
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(p -> new TopicPartition(name, p.partition())).toList();
            if (partitions.isEmpty()) {
                throw new CommandFailure("topic '" + name + "' is missing; `semblance topics create` makes the public"
                        + " ones");
            }
            consumer.assign(partitions);
            if (from == From.beginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
            }
            follow(consumer, new RecordLine(json, TailCommand::toJson), spec.commandLine().getOut());
        }
        return Semblance.OK;
    }

    /** A value that only looks like ours is shown as what it is: bytes. */
    private static String toJson(byte[] value) {
        try {
            return RecordJson.toJson(value);
        } catch (CodecException e) {
            return null;
        }
    }

    /** Ends at the limit, at the timeout, or when nobody reads any more: {@code semblance tail … | head} is fine. */
    private void follow(Consumer<byte[], byte[]> consumer, RecordLine lines, PrintWriter out) {
        long left = limit == null ? Long.MAX_VALUE : limit;
        long lastNs = System.nanoTime();
        while (left > 0 && !out.checkError()) {
            boolean any = false;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (left-- <= 0) {
                    break;
                }
                out.println(lines.of(record));
                any = true;
            }
            if (any) {
                lastNs = System.nanoTime();
            } else if (timeout != null && System.nanoTime() - lastNs > timeout.toNanos()) {
                return;
            }
        }
    }
}
