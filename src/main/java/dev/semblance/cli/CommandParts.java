package dev.semblance.cli;

import dev.semblance.bench.OpenEngine;
import dev.semblance.bench.PipelineParts;
import dev.semblance.bench.Stop;
import dev.semblance.config.Config;
import dev.semblance.metrics.Metrics;
import dev.semblance.topology.TopicCatalog;
import dev.semblance.topology.TopicSetup;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The program's own parts, lent to its benchmark. Thread: the one that measures. */
final class CommandParts implements PipelineParts {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Stop stop;

    CommandParts(Stop stop) {
        this.stop = stop;
    }

    @Override
    public OpenEngine engine(Config config) {
        return LoadedModel.open(config, new SimpleMeterRegistry());
    }

    @Override
    public void createTopics(Config config) {
        try (Admin admin = KafkaClients.admin(config.kafka())) {
            TopicSetup.create(admin, TopicCatalog.load().specs(config));
        }
    }

    @Override
    public RunningJob start(Config config) throws InterruptedException {
        Metrics metrics = Metrics.open(null);
        try {
            stop.check();
            Job job = Job.start(config, metrics);
            try {
                awaitRunning(job);
                return new Running(job, metrics);
            } catch (RuntimeException | Error | InterruptedException e) {
                job.close();
                throw e;
            }
        } catch (RuntimeException | Error | InterruptedException e) {
            metrics.close();
            throw e;
        }
    }

    private void awaitRunning(Job job) throws InterruptedException {
        long giveUpNs = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!job.awaitRunning(Duration.ZERO)) {
            stop.check();
            if (job.failure() != null || System.nanoTime() - giveUpNs > 0) {
                throw new CommandFailure("the applications are not running, though they were given "
                        + START_TIMEOUT.toSeconds() + " s: " + job.health(), job.failure());
            }
            Thread.sleep(LOOK);
        }
    }

    private record Running(Job job, Metrics metrics) implements RunningJob {

        @Override
        public Throwable failure() {
            return job.failure();
        }

        @Override
        public void close() {
            job.close();
            metrics.close();
        }
    }

    @Override
    public Producer<byte[], byte[]> producer(Config config, int lingerMs) {
        Config.Kafka kafka = config.kafka();
        Map<String, String> settings = new HashMap<>(kafka.producer());
        settings.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(lingerMs));
        Config.Kafka own = new Config.Kafka(kafka.bootstrapServers(), kafka.applicationId(), kafka.exactlyOnce(),
                kafka.commitInterval(), kafka.stateDir(), kafka.replicationFactor(), kafka.standbyReplicas(),
                kafka.common(), settings, kafka.consumer());
        return KafkaClients.producer(own, "semblance-bench",
                SendCommand.maxMessageBytes(kafka, config.topics().texts()));
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Config config) {
        return KafkaClients.consumer(config.kafka(), "semblance-bench-reader");
    }
}
