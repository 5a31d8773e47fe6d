package dev.semblance.topology;

import dev.semblance.config.Config;
import dev.semblance.detect.DetectNodes;
import dev.semblance.detect.DetectProcessors;
import dev.semblance.route.ProbeHeaders;
import dev.semblance.route.RouteProcessor;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * The detect application. Every name below is part of running state: the golden file {@code topology/detect.txt}
 * makes a change of one a reviewed diff.
 */
public final class DetectTopology {

    /** The processor that the repartition step puts before the internal topic; it drops records without a key. */
    private static final String PROBES_NODE = "probes-repartition-filter";

    private static final DetectNodes NODES = new DetectNodes("probes-in-flight", "vector-window", "clusters",
            "alerts-sink", "unique-sink");

    private DetectTopology() {}

    public static Topology build(Config config, MeterRegistry registry) {
        return build(config, registry, System::nanoTime);
    }

    /** @param clockNs never runs backwards; what {@code reorder} is measured with */
    static Topology build(Config config, MeterRegistry registry, LongSupplier clockNs) {
        Serializer<byte[]> to = new ByteArraySerializer();
        Config.Topics topics = config.topics();
        int shards = config.detect().shards();
        StreamsBuilder builder = new StreamsBuilder();

        KStream<byte[], byte[]> embeddings = builder.stream(topics.embeddings(),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withTimestampExtractor(new ArrivalTime())
                        .withName("embeddings-source"));
        KStream<byte[], byte[]> probes = embeddings.process(
                RouteProcessor.supplier(config.texts(), PROBES_NODE, "embeddings-dead-letters-sink", registry),
                Named.as("route"));
        probes.repartition(Repartitioned.<byte[], byte[]>as("probes").withKeySerde(Serdes.ByteArray())
                .withValueSerde(Serdes.ByteArray()).withNumberOfPartitions(shards)
                .withStreamPartitioner((_, key, _, partitions) -> java.util.Optional
                        .of(java.util.Set.of(Math.floorMod(Arrays.hashCode(key), partitions)))))
                .process(DetectProcessors.shard(config, NODES, ProbeHeaders::partition, clockNs, registry),
                        Named.as("detect"));

        Topology topology = builder.build();
        topology.addSink("embeddings-dead-letters-sink", topics.deadLetters(), to, to, "route");
        topology.addSink("alerts-sink", topics.alerts(), to, to, "detect");
        topology.addSink("unique-sink", topics.unique(), to, to, "detect");
        return topology;
    }
}
