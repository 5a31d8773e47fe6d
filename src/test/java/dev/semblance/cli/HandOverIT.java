package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.ConfigKey;
import dev.semblance.metrics.Metrics;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.VectorEncoding;
import dev.semblance.testing.BrokerExtension;
import dev.semblance.testing.TestBroker;
import dev.semblance.text.TextFingerprint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * From one detect application to another with a full window, by the commands of the documented procedure: both together
 * write what one that is never stopped writes.
 */
@ExtendWith(BrokerExtension.class)
@Timeout(120)
class HandOverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ModelIdentity MODEL = new ModelIdentity("test/hand", "a".repeat(64), 8, "mean", true, 64,
            "fp32");
    private static final int PARTITIONS = 4;
    /** Records a part of the feed. */
    private static final int PART = 300;
    private static final long T = 1_760_000_000_000L;

    private final RecordCodec codec = new RecordCodec();
    private final TestBroker broker;
    private final Path state;

    HandOverIT(TestBroker broker, @TempDir Path state) {
        this.broker = broker;
        this.state = state;
    }

    /** A running detect application, and how much it has done since its start. */
    private record Running(Metrics metrics, Job job) implements AutoCloseable {

        static Running start(Map<String, String> options) throws InterruptedException {
            Metrics metrics = Metrics.open(null);
            Running running = new Running(metrics, Job.start(TestJob.config(options), metrics));
            assertThat(running.job.awaitRunning(PATIENCE)).as("%s", running.job.health()).isTrue();
            return running;
        }

        double count(String meter) {
            return metrics.registry().find(meter).counters().stream().mapToDouble(Counter::count).sum();
        }

        double held() {
            return metrics.registry().find("semblance.detect.in.flight").gauges().stream().mapToDouble(Gauge::value)
                    .sum();
        }

        /** Until it has decided that many events and written about them, that many quiet ones, and holds so many. */
        Running await(long spoken, long quiet, long held) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (count("semblance.detect.events") != spoken || count("semblance.detect.quiet") != quiet
                    || held() != held) {
                assertThat(System.nanoTime())
                        .as("%s spoken, %s quiet, %s held; expected %s, %s, %s", count("semblance.detect.events"),
                                count("semblance.detect.quiet"), held(), spoken, quiet, held)
                        .isLessThan(deadline);
                Thread.sleep(50);
            }
            return this;
        }

        @Override
        public void close() {
            job.close();
            metrics.close();
        }
    }

    @ParameterizedTest(name = "{0} → {1} shards, rebuilt beforehand: {2}")
    @CsvSource({"1, 1, false", "1, 1, true", "1, 4, true", "4, 2, false"})
    void bothTogetherWriteWhatOneWouldHave(int shardsBefore, int shardsAfter, boolean rebuiltBefore) throws Exception {
        long seed = System.nanoTime();
        List<Said> feed = feed(new Random(seed));
        Map<String, String> before = options(shardsBefore);
        Map<String, String> never = with(before, "detect.application.id", id(before) + "-next", "window.shards",
                String.valueOf(shardsAfter), "detect.emit.from", "never");
        Map<String, String> reference = with(before, "application.id", id(before) + "-ref", "topic.alerts",
                id(before) + "-ref-alerts", "topic.unique", id(before) + "-ref-unique");
        createTopics(before);
        createTopics(reference);
        createTopics(never);
        String from = id(before) + "-detect";
        String to = id(before) + "-next";

        try (Running uninterrupted = Running.start(reference)) {
            try (Running first = Running.start(before)) {
                send(before, feed, 0);
                first.await(events(feed, 1), 0, 0);
                assertThat(handOver(before, to).err()).contains("group '" + from + "' has members");
                if (rebuiltBefore) {
                    try (Running second = Running.start(never)) {
                        second.await(0, PART, 0);
                    }
                }
                if (shardsBefore > 1) {
                    // What the shards have told each other is to be read, too, and what follows from it written.
                    uninterrupted.await(events(feed, 1), 0, 0);
                    check(before, reference, seed);
                    Thread.sleep(1_000);
                }
            }
            Cli handOver = handOver(before, to);
            assertThat(handOver.code()).as(handOver.err()).isZero();
            assertThat(handOver.err()).contains(rebuiltBefore ? "has begun before" : "begins at partition:offset {0=0");
            Map<String, String> after = with(never, handOver.out());

            try (Running second = Running.start(after)) {
                second.await(0, rebuiltBefore ? 0 : PART, 0);
                send(before, feed, 1);
                second.await(events(feed, 2) - events(feed, 1), rebuiltBefore ? 0 : PART, 0);
                uninterrupted.await(events(feed, 2), 0, 0);
                check(before, reference, seed);
                assertThat(Cli.run(arguments(before, "detect", "forget", to)).err()).contains("has members");
            }

            if (!rebuiltBefore) {
                Cli back = handOver(after, from);
                assertThat(back.code()).as(back.err()).isZero();
                try (Running again = Running.start(with(before, back.out()))) {
                    again.await(0, PART, 0);
                    send(before, feed, 2);
                    again.await(events(feed, 3) - events(feed, 2), PART, 0);
                    uninterrupted.await(events(feed, 3), 0, 0);
                    check(before, reference, seed);
                }
            }
        }
        forgetting(before, to);
    }

    private void forgetting(Map<String, String> stays, String id) throws Exception {
        assertThat(topics(id + "-")).isNotEmpty();
        assertThat(Cli.run(arguments(stays, "detect", "forget", id(stays) + "-detect")).err())
                .contains("is the detect application of this configuration");
        Cli forgotten = Cli.run(arguments(stays, "detect", "forget", id));
        assertThat(forgotten.code()).as(forgotten.err()).isZero();
        assertThat(forgotten.out()).contains("deleted group " + id, "deleted topic " + id + "-probes-repartition");
        // Brokers answer before all of them have heard of it.
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!topics(id + "-").isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(200);
        }
        assertThat(topics(id + "-")).isEmpty();
        assertThat(topics(id(stays) + "-detect-")).isNotEmpty();
        assertThat(broker.admin().listGroups().all().get()).extracting(GroupListing::groupId).doesNotContain(id)
                .contains(id(stays) + "-detect");
        assertThat(Cli.run(arguments(stays, "detect", "forget", id)).err()).contains("nothing to forget");
    }

    @Test
    void whatIsHeldIsDecidedBeforeItIsHandedOver() throws Exception {
        Map<String, String> before = with(options(1), "reorder", "60s");
        createTopics(before);
        String to = id(before) + "-next";
        assertThat(handOver(before, to).err()).contains("there is no group");
        try (Running first = Running.start(before)) {
            send(before, feed(new Random(1)).subList(0, 5), 0);
            first.await(0, 0, 5);
        }
        Cli refused = handOver(before, to);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("holds 5 undecided events").contains("stop the embed application");

        try (Running again = Running.start(with(before, "reorder", "0ms"))) {
            again.await(5, 0, 0);
        }
        try (KafkaProducer<byte[], byte[]> open = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", to),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>(id(before) + "-detect-probes-repartition", new byte[1], new byte[1])).get();
            assertThat(handOver(before, to).err()).contains("a transaction of '" + id(before) + "-detect' is open");
            open.abortTransaction();
        }
        Cli handOver = handOver(before, to, "--since", "1h");
        assertThat(handOver.code()).as(handOver.err()).isZero();
        assertThat(handOver.err()).contains("--since 1h is less than window and grace");
        assertThat(handOver.out().lines()).first().isEqualTo("detect.application.id=" + to);

        Map<String, String> after = with(before, handOver.out());
        assertThat(handOver(after, to).err()).contains("is the detect application of this configuration itself");
        try (Running second = Running.start(with(after, "reorder", "0ms"))) {
            second.await(0, 5, 0);
            send(before, feed(new Random(2)).subList(0, 5), 0);
            second.await(5, 5, 0);
        }
        assertThat(handOver(before, to).err()).contains("has taken in " + before.get("topic.embeddings"))
                .contains("only up to");
        broker.produce(id(before) + "-detect-probes-repartition", "probe", "that nobody has read");
        assertThat(handOver(before, to).err()).contains("has not decided all that it took in");
        assertThat(Cli.run(arguments(with(before, "detect.emit.from", "0:999", "role", "detect"), "run")).err())
                .contains("does not reach offset 999 of partition 0");
    }

    private Map<String, String> options(int shards) {
        return TestJob.options(broker, state, Map.of(ConfigKey.ROLE, "detect", ConfigKey.REORDER, "1s",
                ConfigKey.WINDOW, "1h", ConfigKey.BURST_STEPS, "3,8,20", ConfigKey.WINDOW_SHARDS,
                String.valueOf(shards)));
    }

    private static String id(Map<String, String> options) {
        return options.get(ConfigKey.APPLICATION_ID.key());
    }

    private static Map<String, String> with(Map<String, String> options, String... more) {
        Map<String, String> all = new LinkedHashMap<>(options);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    /** @param lines as the command prints them */
    private static Map<String, String> with(Map<String, String> options, String lines) {
        assertThat(lines.lines()).hasSize(2);
        return with(options, lines.lines().flatMap(l -> List.of(l.split("=", 2)).stream()).toArray(String[]::new));
    }

    private void createTopics(Map<String, String> options) {
        TestJob.createTopics(broker, TestJob.config(options));
    }

    private static Cli handOver(Map<String, String> options, String to, String... more) {
        List<String> command = new ArrayList<>(List.of("detect", "handover", "--to", to));
        command.addAll(List.of(more));
        return Cli.run(arguments(options, command.toArray(String[]::new)));
    }

    private static String[] arguments(Map<String, String> options, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        options.forEach((k, v) -> arguments.addAll(List.of("-o", k + "=" + v)));
        return arguments.toArray(String[]::new);
    }

    private List<String> topics(String prefix) throws InterruptedException, ExecutionException {
        return broker.admin().listTopics().names().get().stream().filter(t -> t.startsWith(prefix)).toList();
    }

    /** @param embedding null for a delete */
    private record Said(String id, Embedding embedding) {}

    /** Three parts; clusters go on over their borders, and the later ones delete events of the earlier ones. */
    private static List<Said> feed(Random random) {
        List<Said> feed = new ArrayList<>();
        for (int i = 0; i < 3 * PART; i++) {
            if (i % 25 == 24) {
                feed.add(new Said("e" + random.nextInt(i), null));
                continue;
            }
            int cluster = i % PART < PARTITIONS ? 60 + i : random.nextInt(60);
            Random centre = new Random(cluster);
            float[] vector = new float[MODEL.dimension()];
            double norm = 0;
            boolean exact = random.nextInt(3) == 0;
            for (int d = 0; d < vector.length; d++) {
                vector[d] = (float) (centre.nextGaussian() + (exact ? 0 : 0.25 * random.nextGaussian()));
                norm += vector[d] * vector[d];
            }
            for (int d = 0; d < vector.length; d++) {
                vector[d] /= (float) Math.sqrt(norm);
            }
            String text = "subject " + "x".repeat(cluster) + (exact ? "" : random.nextInt(4) == 0 ? " " + i : " more");
            feed.add(new Said("e" + i,
                    new Embedding(new TextEvent("e" + i, text, T + 10_000L * i, "ann", "en", Map.of()),
                            new SourcePosition("texts", 0, i), MODEL, "none", vector, 5, false,
                            TextFingerprint.hash(text), TextFingerprint.figures(text), null)));
        }
        return feed;
    }

    private static long events(List<Said> feed, int parts) {
        return feed.subList(0, parts * PART).stream().filter(s -> s.embedding() != null).count();
    }

    /**
     * To the partition of the id's hash: the applications must put all of them back into order. The first events, which
     * are like no others, go to one partition each: from then on each of them is waited for.
     */
    private void send(Map<String, String> options, List<Said> feed, int part) throws InterruptedException {
        String topic = options.get("topic.embeddings");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = part * PART; i < Math.min(feed.size(), (part + 1) * PART); i++) {
            Said said = feed.get(i);
            records.add(new ProducerRecord<>(topic, i % PART < PARTITIONS ? i % PART : null,
                    said.id().getBytes(StandardCharsets.UTF_8),
                    said.embedding() == null ? null : codec.encode(said.embedding(), VectorEncoding.F32)));
        }
        broker.produce(records.subList(0, PARTITIONS));
        Thread.sleep(300);
        broker.produce(records.subList(PARTITIONS, records.size()));
    }

    private void check(Map<String, String> options, Map<String, String> reference, long seed)
            throws InterruptedException {
        // What has been decided shows with the next commit.
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        do {
            Thread.sleep(500);
        } while (alerts(options).size() + unique(options).size() != alerts(reference).size() + unique(reference).size()
                && System.nanoTime() < deadline);
        List<Alert> alerts = alerts(options);
        List<Alert> expected = alerts(reference);
        assertThat(lines(alerts)).as("seed %d", seed).isNotEmpty().isEqualTo(lines(expected));
        // With several shards sizes are handed out as copies arrive: the same ones, not to the same copies.
        assertThat(sizes(alerts)).as("seed %d", seed).isEqualTo(sizes(expected));
        assertThat(unique(options)).as("seed %d", seed).isNotEmpty().isEqualTo(unique(reference));
    }

    private List<Alert> alerts(Map<String, String> options) {
        return broker.consumeAll(options.get("topic.alerts")).stream().map(r -> codec.decodeAlert(r.value())).toList();
    }

    private static List<String> lines(List<Alert> alerts) {
        return alerts.stream().filter(a -> a.ratePerHour() == null).map(a -> a.eventId() + " " + a.kind() + " "
                + a.matchKind() + " " + a.originalId() + " " + a.cosine() + " " + a.suppressed()).sorted().toList();
    }

    private static Map<String, List<String>> sizes(List<Alert> alerts) {
        return alerts.stream().collect(Collectors.groupingBy(Alert::originalId,
                Collectors.collectingAndThen(Collectors.toList(),
                        of -> of.stream().map(a -> a.kind() + " " + a.clusterSize()).sorted().toList())));
    }

    private List<String> unique(Map<String, String> options) {
        return broker.consumeAll(options.get("topic.unique")).stream()
                .map(r -> new String(r.key(), StandardCharsets.UTF_8) + (r.value() == null ? " deleted" : ""))
                .sorted().toList();
    }
}
