package dev.semblance.cli;

import dev.semblance.config.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plain Kafka clients of the commands, with the user's client settings on top of ours. */
final class KafkaClients {

    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int ANSWER_TIMEOUT_MS = 15_000;

    private KafkaClients() {}

    /**
     * An admin client whose brokers have answered.
     *
     * @throws CommandFailure where no broker answers
     */
    static Admin admin(Config.Kafka kafka) {
        connect(kafka.bootstrapServers());
        Map<String, Object> settings = new HashMap<>();
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "semblance-admin");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * ANSWER_TIMEOUT_MS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        settings.putAll(kafka.common());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        Admin admin = Admin.create(settings);
        try {
            admin.describeCluster().nodes().get(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            return admin;
        } catch (InterruptedException e) {
            admin.close(Duration.ZERO);
            throw new InterruptException(e);
        } catch (ExecutionException | TimeoutException e) {
            admin.close(Duration.ZERO);
            throw new CommandFailure("bootstrap.servers=" + kafka.bootstrapServers()
                    + ": something listens there, but does not answer as a Kafka broker", e);
        }
    }

    /** Kafka's clients retry for a minute and log all the while; whether anything listens at all is known at once. */
    private static void connect(String servers) {
        StringBuilder problems = new StringBuilder();
        for (String server : servers.split(",", -1)) {
            int colon = server.lastIndexOf(':');
            String host = server.substring(0, colon).strip().replaceAll("^\\[|]$", "");
            int port = Integer.parseInt(server.substring(colon + 1).strip());
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                problems.append(problems.isEmpty() ? "" : "; ").append("host '").append(host).append("' is not known");
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.connect(address, CONNECT_TIMEOUT_MS);
                return;
            } catch (IOException e) {
                problems.append(problems.isEmpty() ? "" : "; ").append(e.getMessage());
            }
        }
        throw new CommandFailure("bootstrap.servers=" + servers + ": no broker there (" + problems
                + "); start one, or name yours with --bootstrap-servers");
    }

    /**
     * Idempotent, all replicas, batches for throughput.
     *
     * @param maxMessageBytes what the topic takes; a larger record is refused here, alone. Sent all the same, it would
     *                        make the client split and retry its batch again and again
     */
    static KafkaProducer<byte[], byte[]> producer(Config.Kafka kafka, String clientId, int maxMessageBytes) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Math.min(128 << 10, maxMessageBytes));
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxMessageBytes);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2 * ANSWER_TIMEOUT_MS);
        settings.putAll(kafka.common());
        settings.putAll(kafka.producer());
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Without a group: reads what is committed, remembers nothing. */
    static KafkaConsumer<byte[], byte[]> consumer(Config.Kafka kafka, String clientId) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.putAll(kafka.common());
        settings.putAll(kafka.consumer());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
