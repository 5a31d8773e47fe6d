package dev.semblance.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

    /** Nothing listens there; the clients of this test never get to ask. */
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir
    private java.nio.file.Path folder;

    static void registerAll(MeterRegistry registry) {
        for (SemblanceMeter meter : SemblanceMeter.values()) {
            switch (meter.type()) {
                case COUNTER -> meter.counter(registry);
                case GAUGE -> meter.gauge(registry, () -> 1);
                case TIMER -> meter.timer(registry);
                case SUMMARY -> meter.summary(registry);
            }
        }
    }

    @Test
    void ourMetersHaveStableNamesWithUnits() {
        try (Metrics metrics = Metrics.open(null)) {
            registerAll(metrics.registry());
            String scrape = metrics.scrape();

            assertThat(scrape).contains("semblance_dead_letters_records_total 0.0", "semblance_embed_events_total 0.0",
                    "semblance_embed_in_flight_records 1.0", "semblance_embed_latency_seconds_count 0",
                    "semblance_embed_latency_seconds{quantile=\"0.99\"}", "semblance_engine_batch_rows_texts_count 0",
                    "semblance_window_bytes 1.0", "semblance_cache_hits_texts_total 0.0");
            for (SemblanceMeter meter : SemblanceMeter.values()) {
                assertThat(scrape).as(meter.name()).contains("# HELP " + prometheusName(meter) + " " + meter.doc());
            }
        }
    }

    /** By Micrometer's naming rules; the test above and the one of the docs hold it against a real scrape. */
    static String prometheusName(SemblanceMeter meter) {
        String name = meter.meterName().replace('.', '_');
        String withUnit = name.endsWith("_" + meter.unit()) ? name : name + "_" + meter.unit();
        return meter.type() == SemblanceMeter.Type.COUNTER ? withUnit + "_total" : withUnit;
    }

    @Test
    void namesAreUniqueAndBeginWithTheProgram() {
        assertThat(Arrays.stream(SemblanceMeter.values()).map(SemblanceMeter::meterName)).doesNotHaveDuplicates()
                .allMatch(n -> n.matches("semblance(\\.[a-z]+)+"));
        assertThat(Arrays.stream(SemblanceMeter.values()).filter(m -> m.type() == SemblanceMeter.Type.TIMER))
                .allMatch(m -> m.unit().equals("seconds"));
    }

    @Test
    void aMeterOfTheWrongTypeIsABug() {
        try (Metrics metrics = Metrics.open(null)) {
            org.assertj.core.api.Assertions
                    .assertThatThrownBy(() -> SemblanceMeter.EMBED_LATENCY.counter(metrics.registry()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("semblance.embed.latency is a TIMER, not a COUNTER");
        }
    }

    @Test
    void theJvmAndTheProcessAreMetered() {
        try (Metrics metrics = Metrics.open("n1")) {
            assertThat(metrics.scrape()).contains("jvm_memory_used_bytes{", "jvm_gc_", "jvm_threads_live_threads",
                    "process_uptime_seconds", "process_cpu_usage", "node=\"n1\"");
        }
    }

    @Test
    void withoutAnInstanceThereIsNoNodeTag() {
        try (Metrics metrics = Metrics.open(null)) {
            assertThat(metrics.scrape()).doesNotContain("node=");
        }
    }

    @Test
    void metersOfBothApplicationsComeAndGo() {
        try (Metrics metrics = Metrics.open(null)) {
            KafkaStreams embed = streams("embed");
            KafkaStreams detect = streams("detect");
            Metrics.Binding one = metrics.bind(embed, "embed");
            Metrics.Binding two = metrics.bind(detect, "detect");
            assertThat(metrics.scrape()).contains("app=\"embed\"", "app=\"detect\"");

            one.close();
            one.close();
            assertThat(metrics.scrape()).doesNotContain("app=\"embed\"").contains("app=\"detect\"");
            two.close();
            assertThat(metrics.scrape()).doesNotContain("kafka_");
            embed.close();
            detect.close();
        }
    }

    private KafkaStreams streams(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("in").to("out");
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, NOWHERE);
        p.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        return new KafkaStreams(builder.build(), p);
    }

    @Test
    void metersOfPlainClientsComeAndGo() {
        try (Metrics metrics = Metrics.open(null);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", NOWHERE),
                        new ByteArraySerializer(), new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", NOWHERE),
                        new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Metrics.Binding a = metrics.bind(producer, "send");
            Metrics.Binding b = metrics.bind(consumer, "tail");
            assertThat(metrics.scrape()).contains("kafka_producer_", "kafka_consumer_", "app=\"send\"", "app=\"tail\"");

            a.close();
            b.close();
            assertThat(metrics.scrape()).doesNotContain("kafka_");
        }
    }
}
