package dev.semblance.topology;

import dev.semblance.slots.Inflow;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Gives each stream thread a {@link WakeableConsumer}, and the tasks on it that consumer as their {@link Inflow}; all
 * other clients are Kafka's own.
 *
 * <p>Thread-safe.
 */
final class StreamThreadClients implements KafkaClientSupplier, Inflow.Threads {

    private final ThreadLocal<Inflow> ofThread = new ThreadLocal<>();

    /** Tasks are made and initialised after a poll that assigned them, so there has been one. */
    @Override
    public Inflow current() {
        Inflow current = ofThread.get();
        return current == null ? Inflow.NONE : current;
    }

    @Override
    public Admin getAdmin(Map<String, Object> settings) {
        return Admin.create(settings);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> settings) {
        return new WakeableConsumer(settings, ofThread::set);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> settings) {
        return plain(settings);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> settings) {
        return plain(settings);
    }

    private static Consumer<byte[], byte[]> plain(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
