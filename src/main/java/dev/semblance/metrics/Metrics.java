package dev.semblance.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The process's one registry, with the meters of the JVM and the process in it, and the binders of Kafka's own meters.
 *
 * <p>Thread: any; thread-safe.
 */
public final class Metrics implements AutoCloseable {

    /** Attached meters of one Kafka client or application; closing takes them out of the registry. */
    public interface Binding extends AutoCloseable {
        @Override
        void close();
    }

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final Set<Binding> bindings = ConcurrentHashMap.newKeySet();

    private Metrics(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * @param instance goes into every meter as tag {@code node}; null for none. Not {@code instance}: Prometheus sets
     *                 that label itself
     */
    public static Metrics open(String instance) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        if (instance != null) {
            registry.config().commonTags("node", instance);
        }
        Metrics metrics = new Metrics(registry);
        for (MeterBinder binder : new MeterBinder[]{new ClassLoaderMetrics(), new JvmInfoMetrics(),
                new JvmMemoryMetrics(), new JvmThreadMetrics(), new ProcessorMetrics(), new UptimeMetrics(),
                new FileDescriptorMetrics(), metrics.garbageCollection}) {
            binder.bindTo(registry);
        }
        return metrics;
    }

    public MeterRegistry registry() {
        return registry;
    }

    /** All meters in the Prometheus text format 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    /**
     * Call after the application object is made and before it starts; close before the application is closed.
     *
     * @param application {@code embed} or {@code detect}: tag {@code app} of every meter
     */
    public Binding bind(KafkaStreams streams, String application) {
        KafkaStreamsMetrics binder = new KafkaStreamsMetrics(streams, appTag(application));
        return attach(binder, binder);
    }

    /** A plain producer, outside of Kafka Streams. Close before the producer is closed. */
    public Binding bind(Producer<?, ?> producer, String application) {
        KafkaClientMetrics binder = new KafkaClientMetrics(producer, appTag(application));
        return attach(binder, binder);
    }

    /** A plain consumer, outside of Kafka Streams. Close before the consumer is closed. */
    public Binding bind(Consumer<?, ?> consumer, String application) {
        KafkaClientMetrics binder = new KafkaClientMetrics(consumer, appTag(application));
        return attach(binder, binder);
    }

    private static Iterable<Tag> appTag(String application) {
        return Tags.of("app", application);
    }

    private Binding attach(MeterBinder binder, AutoCloseable closer) {
        binder.bindTo(registry);
        Binding binding = new Binding() {
            @Override
            public void close() {
                if (bindings.remove(this)) {
                    closeQuietly(closer);
                }
            }
        };
        bindings.add(binding);
        return binding;
    }

    /** The binders' close declares no checked exception of its own; {@link AutoCloseable} does. */
    private static void closeQuietly(AutoCloseable closer) {
        try {
            closer.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot detach Kafka's meters", e);
        }
    }

    @Override
    public void close() {
        Set.copyOf(bindings).forEach(Binding::close);
        garbageCollection.close();
        registry.close();
    }
}
