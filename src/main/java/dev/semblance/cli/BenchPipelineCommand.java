package dev.semblance.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.LocalBroker;
import dev.semblance.local.ReplayFile;
import dev.semblance.local.SyntheticFeed;
import dev.semblance.metrics.Metrics;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.topology.TopicCatalog;
import dev.semblance.topology.TopicSetup;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code semblance bench pipeline}: the engine alone, and the same texts through Kafka and both applications, in one
 * run: engine rounds, pipeline rounds, engine rounds again, so that a drift of the machine shows. Without the embedding
 * cache, and on distinct texts.
 */
@Command(name = "pipeline", description = "Texts a second of the engine alone and through the whole pipeline, and "
        + "their ratio.")
final class BenchPipelineCommand implements Callable<Integer> {

    private static final int ALONE_IN_FLIGHT = 2_048;
    /** Rounds of the engine that are not counted. */
    private static final int ENGINE_WARM_UPS = 1;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Texts to use (default: an invented feed).")
    private String file;

    @Option(names = "--texts", paramLabel = "N", description = "Distinct texts a round (default: 2000).")
    private int texts = 2_000;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each (default: 3).")
    private int rounds = 3;

    @Option(names = "--warm-ups", paramLabel = "N",
            description = "Rounds of the pipeline that are not counted: what it "
                    + "does once a commit takes minutes to be compiled (default: 10).")
    private int warmUps = 10;

    private Console console;

    @Override
    public Integer call() throws Exception {
        try (Console opened = new Console(spec)) {
            console = opened;
            return measure();
        }
    }

    private int measure() throws Exception {
        List<String> distinct = distinctTexts();
        List<Double> alone = new ArrayList<>(engineAlone(distinct));
        List<Double> pipeline = pipeline(distinct);
        alone.addAll(engineAlone(distinct));
        double aloneMedian = median(alone);
        double pipelineMedian = median(pipeline);
        console.print(String.format(Locale.ROOT,
                "%nengine alone %8.1f texts/s  %s%npipeline     %8.1f texts/s  %s%nratio        %8.3f", aloneMedian,
                rounded(alone), pipelineMedian, rounded(pipeline), pipelineMedian / aloneMedian));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("texts", distinct.size());
        line.put("engineTextsPerSecond", round(aloneMedian));
        line.put("pipelineTextsPerSecond", round(pipelineMedian));
        line.put("ratio", Math.round(pipelineMedian / aloneMedian * 1_000) / 1_000.0);
        console.print(new ObjectMapper().writeValueAsString(line));
        return 0;
    }

    private ConfigSource source() {
        return options.source().with(ConfigKey.CACHE_MAX_BYTES, "0")
                .with(ConfigKey.APPLICATION_ID, "semblance-bench").with(ConfigKey.HTTP_PORT, "0")
                .with(ConfigKey.REPLICATION_FACTOR, "1");
    }

    private List<String> distinctTexts() throws Exception {
        Config config = source().build();
        TextDecoder decoder = new TextDecoder(config.texts(), System::currentTimeMillis);
        Set<String> distinct = new LinkedHashSet<>();
        try (ReplayFile replay = file == null ? null : ReplayFile.open(file)) {
            Iterator<FeedRecord> records = replay == null ? new SyntheticFeed(1, texts * 4, Instant.now()) : replay;
            while (records.hasNext() && distinct.size() < texts) {
                RawRecord raw = new RawRecord(new SourcePosition("bench", 0, distinct.size()), 0, null,
                        records.next().value(), List.of());
                for (TextOutcome outcome : decoder.decode(raw)) {
                    if (outcome instanceof TextOutcome.Accepted(var event)) {
                        distinct.add(event.text());
                    }
                }
            }
        }
        if (distinct.size() < texts) {
            throw new CommandFailure("only " + distinct.size() + " distinct texts found, --texts asks for " + texts,
                    null);
        }
        return List.copyOf(distinct);
    }

    private List<Double> engineAlone(List<String> distinct) {
        Config config = source().build();
        List<Double> perSecond = new ArrayList<>();
        try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry())) {
            for (int round = 1 - ENGINE_WARM_UPS; round <= rounds; round++) {
                long startNs = System.nanoTime();
                embed(distinct, model.steps());
                double rate = distinct.size() / ((System.nanoTime() - startNs) / 1e9);
                report("engine alone", round, rate);
                if (round > 0) {
                    perSecond.add(rate);
                }
            }
        }
        return perSecond;
    }

    private static void embed(List<String> distinct, EmbeddingSteps steps) {
        Queue<CompletableFuture<float[]>> inFlight = new ArrayDeque<>();
        for (String text : distinct) {
            inFlight.add(steps.submit(text).vector());
            if (inFlight.size() > ALONE_IN_FLIGHT) {
                inFlight.remove().join();
            }
        }
        inFlight.forEach(CompletableFuture::join);
    }

    private List<Double> pipeline(List<String> distinct) throws Exception {
        List<Double> perSecond = new ArrayList<>();
        try (LocalBroker broker = LocalBroker.start(LocalBroker.Options.temporary());
                TemporaryFolder state = TemporaryFolder.create("semblance-bench-state")) {
            Config config = source()
                    .with(ConfigKey.BOOTSTRAP_SERVERS, broker.bootstrapServers())
                    .with(ConfigKey.STATE_DIR, state.path()).build();
            try (Admin admin = KafkaClients.admin(config.kafka())) {
                TopicSetup.create(admin, TopicCatalog.load().specs(config));
            }
            try (Metrics metrics = Metrics.open(null);
                    Job job = Job.start(config, metrics);
                    DemoObserver observer = new DemoObserver(config, _ -> {})) {
                if (!job.awaitRunning(Duration.ofMinutes(2))) {
                    throw new CommandFailure("the applications do not run: " + job.health(), job.failure());
                }
                observer.start();
                for (int round = 1 - warmUps; round <= rounds; round++) {
                    double rate = pipelineRound(distinct, round, config, observer);
                    report("pipeline", round, rate);
                    if (round > 0) {
                        perSecond.add(rate);
                    }
                }
            }
        }
        return perSecond;
    }

    /** From the first send to the last committed embedding. */
    private double pipelineRound(List<String> distinct, int round, Config config, DemoObserver observer)
            throws InterruptedException {
        long target = observer.counts().embedded() + distinct.size();
        long startNs = System.nanoTime();
        try (Producer<byte[], byte[]> producer = KafkaClients.producer(config.kafka(), "semblance-bench",
                SendCommand.maxMessageBytes(config.kafka(), config.topics().texts()))) {
            for (int i = 0; i < distinct.size(); i++) {
                producer.send(new ProducerRecord<>(config.topics().texts(),
                        ("round" + round + "-" + i).getBytes(StandardCharsets.UTF_8),
                        distinct.get(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
        long giveUpNs = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        while (observer.counts().embedded() + observer.counts().deadLetters() < target) {
            if (System.nanoTime() > giveUpNs) {
                throw new CommandFailure("a round did not end within 10 minutes: " + observer.counts());
            }
            Thread.sleep(10);
        }
        return distinct.size() / ((System.nanoTime() - startNs) / 1e9);
    }

    private void report(String what, int round, double rate) {
        console.note(String.format(Locale.ROOT, "%s %s: %.1f texts/s", what,
                round <= 0 ? "warm-up" : "round " + round, rate));
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String rounded(List<Double> values) {
        return Arrays.toString(values.stream().mapToDouble(BenchPipelineCommand::round).toArray());
    }

    private static double round(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
