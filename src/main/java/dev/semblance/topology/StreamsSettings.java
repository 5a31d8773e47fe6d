package dev.semblance.topology;

import dev.semblance.config.Config;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Client settings of both applications: ours, then the user's on top. */
public final class StreamsSettings {

    /**
     * How long a stream thread with nothing to do sleeps. New records end the sleep, and so does the vector that the
     * first record of a task waits for ({@link WakeableConsumer}); what is left are timers: commits, and detect's reorder.
     */
    private static final Duration POLL = Duration.ofMillis(10);
    /** Each request costs the broker as much as a text costs a GPU; a text waits longer for its vector than this. */
    private static final int AT_LEAST_ONCE_LINGER_MS = 5;
    /** How soon the partitions of an instance that died are handed to another. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    /** As long as one slow batch on a busy machine; after a crash, what was open blocks readers for as long. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(20);

    /**
     * Records that a stream thread takes up between two looks at the clock. While the engine is the bottleneck each of
     * them may block; a turn must stay well below the transaction timeout even where the device gives 10 texts a second.
     */
    private static final int EMBED_TURN_RECORDS = 16;
    private static final int DETECT_TURN_RECORDS = 256;
    /** With several shards a record is a batch of up to {@code scan.max.rows} events, and a crowded shard takes no more. */
    private static final int SHARDS_TURN_RECORDS = 16;

    /** Above what any public topic takes: a record that came in must fit into a slot, and back out as a dead letter. */
    private static final int MAX_RECORD_BYTES = 8 << 20;

    private StreamsSettings() {}

    public static String embedId(Config config) {
        return config.kafka().embedApplicationId();
    }

    public static String detectId(Config config) {
        return config.detectApplication().id();
    }

    public static Properties embed(Config config) {
        return settings(config, embedId(config), config.embed().threads(), EMBED_TURN_RECORDS);
    }

    public static Properties detect(Config config) {
        boolean sharded = config.detect().shards() > 1;
        Properties p = settings(config, detectId(config), config.detect().threads(),
                sharded ? SHARDS_TURN_RECORDS : DETECT_TURN_RECORDS);
        if (sharded) {
            // A shard that is held back reads no turns although there are some: its mail must not wait for them.
            p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        }
        return p;
    }

    private static Properties settings(Config config, String applicationId, int threads, int turnRecords) {
        Config.Kafka kafka = config.kafka();
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        p.put(StreamsConfig.STATE_DIR_CONFIG, kafka.stateDir().toString());
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                kafka.exactlyOnce() ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, kafka.commitInterval().toMillis());
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
        p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, kafka.standbyReplicas());
        p.put(StreamsConfig.POLL_MS_CONFIG, POLL.toMillis());
        p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        // Slots live in the record cache between commits; without it each of them would go to the changelog.
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
        p.put(StreamsConfig.topicPrefix("message.timestamp.type"), "LogAppendTime");
        p.put(StreamsConfig.topicPrefix("max.message.bytes"), MAX_RECORD_BYTES);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_RECORD_BYTES);

        p.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, turnRecords);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), turnRecords);

        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                Math.toIntExact(SESSION_TIMEOUT.toMillis()));
        p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        // Under exactly-once nothing is readable before its commit, and a commit sends all there is: waiting costs nothing.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                kafka.exactlyOnce() ? kafka.commitInterval().toMillis() : AT_LEAST_ONCE_LINGER_MS);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
        if (kafka.exactlyOnce()) {
            p.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                    Math.toIntExact(Math.max(TRANSACTION_TIMEOUT.toMillis(), 3 * kafka.commitInterval().toMillis())));
        }
        p.putAll(kafka.common());
        kafka.producer().forEach((k, v) -> p.put(StreamsConfig.producerPrefix(k), v));
        kafka.consumer().forEach((k, v) -> p.put(StreamsConfig.consumerPrefix(k), v));
        return p;
    }
}
