package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.Pacer;
import dev.semblance.local.ReplayFile;
import dev.semblance.topology.TopicCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A file's lines, one record each, to a topic. */
@Command(name = "send", description = "Send a file's lines to the texts topic: JSON lines or plain text, also .gz.")
final class SendCommand implements Callable<Integer> {

    /** What the lines are. */
    enum Format {
        auto,
        json,
        plain
    }

    /** Refuses what {@link Pacer} does as a wrong argument. */
    static final class Speed implements ITypeConverter<Pacer> {
        @Override
        public Pacer convert(String value) {
            try {
                return Pacer.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(paramLabel = "FILE", description = "Lines to send; - for standard input.")
    private String file;

    @Option(names = "--topic", paramLabel = "T", description = "Another topic than the texts topic.")
    private String topic;

    @Option(names = "--format", defaultValue = "auto", description = "auto (by the first line), json, or plain: no"
            + " ids and times are taken from the lines.")
    private Format format;

    @Option(names = "--speed", paramLabel = "max|xN", defaultValue = "max", converter = Speed.class,
            description = "max,"
                    + " or N times as fast as the events were said: x1, x60.")
    private Pacer pacer;

    @Option(names = "--limit", paramLabel = "N", description = "Send at most N records.")
    private Long limit;

    @Option(names = "--key", paramLabel = "FIELD", description = "JSON field or pointer of the record key; default:"
            + " the event's id.")
    private String key;

    @Override
    public Integer call() throws IOException {
        Config config = options.config();
        Map<String, String> names = TopicCatalog.names(config.topics());
        String target = topic == null ? config.topics().texts() : names.getOrDefault(topic, topic);
        String id = key == null ? config.texts().jsonId() : key;
        try (ReplayFile feed = ReplayFile.open(file, id, config.texts().jsonTimestamp())) {
            int maxMessageBytes = maxMessageBytes(config.kafka(), target);
            try (Producer<byte[], byte[]> producer = KafkaClients.producer(config.kafka(), "semblance-send",
                    maxMessageBytes)) {
                return send(feed, new TopicSender(producer, target), target);
            }
        }
    }

    /**
     * The largest record that the topic takes; by that the topic is known to exist, too. A producer alone would wait
     * for it for half a minute and not say why.
     */
    static int maxMessageBytes(Config.Kafka kafka, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
            ConfigEntry limit = admin.describeConfigs(List.of(resource)).all().get().get(resource)
                    .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            return Integer.parseInt(limit.value());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownTopicOrPartitionException
                    ? new CommandFailure("topic '" + topic + "' is missing: run `semblance topics create`")
                    : new CommandFailure("topic '" + topic + "' cannot be looked up", e.getCause());
        }
    }

    private int send(ReplayFile feed, TopicSender sender, String target) {
        PrintWriter err = spec.commandLine().getErr();
        long startNs = System.nanoTime();
        CountDownLatch stop = new CountDownLatch(1);
        try (CtrlC ctrlC = CtrlC.watch(stop::countDown);
                Progress progress = new Progress(err, Terminal.showsStderr(), "records sent", limit == null
                        ? -1
                        : limit, startNs)) {
            try {
                replay(feed, sender, stop, progress);
            } finally {
                // Whatever ended the replay, what was sent is waited for and counted.
                sender.flush();
                progress.clear();
                err.println(summary(sender, target, Duration.ofNanos(System.nanoTime() - startNs))
                        + (ctrlC.requested() ? "; stopped before the end" : ""));
            }
        }
        return sender.failed() == 0 ? Semblance.OK : Semblance.FAILURE;
    }

    private void replay(ReplayFile feed, TopicSender sender, CountDownLatch stop, Progress progress) {
        long count = 0;
        while ((limit == null || count < limit) && !sender.broken() && stop.getCount() > 0 && feed.hasNext()) {
            FeedRecord record = feed.next();
            if (count == 0 && format == Format.json && !startsLikeJson(record.value())) {
                throw new CommandFailure(file + ": --format json, but the first line is no JSON object");
            }
            if (await(stop, pacer.delayMs(record.eventTimeMs(), System.nanoTime() / 1_000_000))) {
                return;
            }
            sender.send(format == Format.plain ? new FeedRecord(null, record.value(), -1) : record);
            count++;
            progress.update(sender.acknowledged(), "", System.nanoTime());
        }
    }

    private static boolean startsLikeJson(byte[] line) {
        return new String(line, 0, Math.min(line.length, 64), StandardCharsets.ISO_8859_1).strip()
                .startsWith("{");
    }

    /** True where the wait was cut short. */
    private static boolean await(CountDownLatch stop, long delayMs) {
        try {
            return delayMs > 0 && stop.await(delayMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    static String summary(TopicSender sender, String target, Duration took) {
        double seconds = Math.max(took.toNanos(), 1_000_000) / 1e9;
        String line = String.format(Locale.ROOT, "sent %,d records (%,.1f kB) to '%s' in %.1f s: %,.0f/s",
                sender.acknowledged(), sender.acknowledgedBytes() / 1000.0, target, seconds,
                sender.acknowledged() / seconds);
        return sender.failed() == 0
                ? line
                : line + String.format(Locale.ROOT, "; %,d failed, the first one: %s", sender.failed(),
                        FailureReport.message(sender.firstFailure()));
    }
}
