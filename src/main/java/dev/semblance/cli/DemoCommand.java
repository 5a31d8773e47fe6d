package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.LocalBroker;
import dev.semblance.local.Pacer;
import dev.semblance.local.ReplayFile;
import dev.semblance.local.SyntheticFeed;
import dev.semblance.metrics.Metrics;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.Watch;
import dev.semblance.topology.StreamsApplication;
import dev.semblance.topology.TopicCatalog;
import dev.semblance.topology.TopicSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance demo}: everything on this machine, on a file or on an invented feed. */
@Command(name = "demo", description = "Start a broker and both applications here, replay FILE or an invented feed, "
        + "and show what is found.")
final class DemoCommand implements Callable<Integer> {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    /** The invented feed: always the same, so that two demos can be compared. */
    private static final long SEED = 20_140_101;
    private static final String NOWHERE = "127.0.0.1:1";
    private static final Map<ConfigKey, String> DEFAULTS = Map.of(ConfigKey.APPLICATION_ID, "semblance-demo",
            ConfigKey.HTTP_PORT, "0", ConfigKey.REORDER, "3s", ConfigKey.EMBED_THREADS, "4");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "JSON lines or plain text, may be gzipped; "
            + "- for standard input. Without it: an invented feed.")
    private String file;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after N events.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--speed", paramLabel = "max|xN", defaultValue = "max", converter = SendCommand.Speed.class,
            description = "max,"
                    + " or N times as fast as the events were said: x1, x60.")
    private Pacer pacer;

    @Option(names = "--exit", description = "End by itself when every event has been accounted for.")
    private boolean exit;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep the broker's data here "
            + "(default: a temporary folder, deleted at the end).")
    private Path data;

    @Option(names = "--watch", paramLabel = "TEXT",
            description = "Report events that come close to this text, too; may "
                    + "be repeated.")
    private List<String> watches = new ArrayList<>();

    @Option(names = "--watch-threshold", paramLabel = "T", defaultValue = "0.6", description = "Cosine from which "
            + "--watch reports; default: ${DEFAULT-VALUE}.")
    private double watchThreshold;

    @Override
    public Integer call() throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        try (CtrlC _ = CtrlC.watch(stop::countDown); Console console = new Console(spec)) {
            // Checked before the broker starts: a wrong key or a missing file should not cost its start.
            List<Watch> asked = watches(source(NOWHERE).build());
            try (Feed feed = open()) {
                console.note("starting a Kafka broker on this machine …");
                try (LocalBroker broker = LocalBroker.start(LocalBroker.Options.in(data));
                        TemporaryFolder state = TemporaryFolder.create("semblance-demo-state")) {
                    console.note("broker " + broker.bootstrapServers() + ", data in " + broker.dataDir());
                    Config config = source(broker.bootstrapServers()).with(ConfigKey.STATE_DIR, state.path()).build();
                    return replay(config, feed, asked, console, stop);
                }
            }
        }
    }

    private List<Watch> watches(Config config) {
        WatchSender sender = new WatchSender(config);
        List<Watch> checked = new ArrayList<>();
        for (String text : watches) {
            checked.add(sender.checked(
                    new Watch("watch-" + (checked.size() + 1), text, watchThreshold, List.of())));
        }
        return checked;
    }

    /** Events count from when a watch has its vector: the replay waits for it. */
    private static void add(List<Watch> asked, Config config, Job job, Metrics metrics, CountDownLatch stop)
            throws InterruptedException {
        new WatchSender(config).send(asked);
        long deadlineNs = System.nanoTime() + START_TIMEOUT.toNanos();
        while (metrics.registry().get(SemblanceMeter.WATCH_LIVE.meterName()).gauge().value() < asked.size()) {
            if (stop.await(20, TimeUnit.MILLISECONDS)) {
                return;
            }
            if (job.failure() != null || System.nanoTime() - deadlineNs > 0) {
                throw new CommandFailure("the watches are not in force after " + START_TIMEOUT.toSeconds() + " s",
                        job.failure());
            }
        }
    }

    private int replay(Config config, Feed feed, List<Watch> asked, Console console, CountDownLatch stop)
            throws Exception {
        createTopics(config);
        try (Metrics metrics = Metrics.open(null); Job job = Job.start(config, metrics)) {
            if (!job.awaitRunning(START_TIMEOUT)) {
                throw new CommandFailure("the applications are not running after " + START_TIMEOUT.toSeconds()
                        + " s: " + job.health(), job.failure());
            }
            if (job.httpPort() >= 0) {
                console.note("metrics and health on http://" + config.http().host() + ":" + job.httpPort()
                        + "/metrics");
            }
            if (!asked.isEmpty()) {
                add(asked, config, job, metrics, stop);
            }
            DemoSummary summary = new DemoRun(config, job, metrics, console, pacer, limit, stop).run(feed.records(),
                    feed.total());
            if (!exit && stop.getCount() > 0) {
                console.note(summary.toText());
                console.note("every event is accounted for; the broker stays up at " + config.kafka().bootstrapServers()
                        + " until Ctrl-C");
                Throwable failure = job.awaitEnd(stop);
                if (failure != null) {
                    throw new CommandFailure("the job stopped: " + StreamsApplication.rootMessage(failure), failure);
                }
            } else {
                console.note(summary.toText());
            }
            console.print(summary.toJson());
            return check(summary, stop);
        }
    }

    private static int check(DemoSummary summary, CountDownLatch stop) {
        if (!summary.addsUp() && stop.getCount() > 0) {
            throw new CommandFailure("the summary does not add up: events were lost or doubled");
        }
        return Semblance.OK;
    }

    /** The demo's defaults, the user's settings on top, and what the demo cannot leave to anyone. */
    private ConfigSource source(String bootstrapServers) {
        ConfigSource source = options.source();
        // A replay at full speed lets partitions drift apart by seconds; a live stream does not.
        DEFAULTS.forEach((key, value) -> {
            if (source.get(key).origin() == ConfigSource.Origin.DEFAULT) {
                source.with(key, value);
            }
        });
        return source.with(ConfigKey.BOOTSTRAP_SERVERS, bootstrapServers).with(ConfigKey.REPLICATION_FACTOR, "1")
                .with(ConfigKey.ROLE, "all");
    }

    private static void createTopics(Config config) {
        try (Admin admin = KafkaClients.admin(config.kafka())) {
            TopicSetup.create(admin, TopicCatalog.load().specs(config));
        }
    }

    /**
     * Events to replay, closed with what they are read from.
     *
     * @param total −1 where it is not known
     */
    private record Feed(Iterator<FeedRecord> records, long total, AutoCloseable source) implements AutoCloseable {

        @Override
        public void close() throws Exception {
            source.close();
        }
    }

    private Feed open() throws IOException {
        if (file == null) {
            int count = (int) Math.min(limit, SyntheticFeed.DEFAULT_EVENTS);
            return new Feed(new SyntheticFeed(SEED, count, Instant.now()), count, () -> {});
        }
        Config config = source(NOWHERE).build();
        ReplayFile records = ReplayFile.open(file, config.texts().jsonId(), config.texts().jsonTimestamp());
        return new Feed(records, limit == Long.MAX_VALUE ? -1 : limit, records);
    }
}
