package dev.semblance.topology;

import dev.semblance.config.Config;
import dev.semblance.detect.DetectNodes;
import dev.semblance.detect.DetectProcessors;
import dev.semblance.detect.SequenceNodes;
import dev.semblance.detect.ShardNodes;
import dev.semblance.route.ProbeHeaders;
import dev.semblance.route.RouteProcessor;
import dev.semblance.watch.WatchStage;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
 * makes a change of one a reviewed diff, and {@code topology/detect-sharded.txt} for several shards.
 */
public final class DetectTopology {

    /** The processor that the repartition step puts before the internal topic; it drops records without a key. */
    private static final String PROBES_NODE = "probes-repartition-filter";

    /** What a detect application of any configuration calls its internal topics, after its id and a hyphen. */
    static final List<String> INTERNAL_TOPICS = List.of("probes-repartition", "probes-in-flight-changelog",
            "vector-window-changelog", "clusters-changelog", "window-probes-repartition", "sequence-changelog",
            "open-events-changelog", "control");

    /** Those of them that are the changelog of a store which is empty once everything that came in is decided. */
    static final List<String> IN_FLIGHT_CHANGELOGS = List.of("probes-in-flight-changelog", "open-events-changelog");

    private static final SequenceNodes SEQUENCE_NODES = new SequenceNodes("probes-in-flight", "sequence");

    private static final DetectNodes NODES = new DetectNodes("probes-in-flight", "vector-window", "clusters",
            "alerts-sink", "unique-sink");

    private DetectTopology() {}

    public static Topology build(Config config, MeterRegistry registry) {
        return build(config, registry, System::nanoTime);
    }

    /** @param clockNs never runs backwards; what {@code reorder} is measured with */
    static Topology build(Config config, MeterRegistry registry, LongSupplier clockNs) {
        Config.Topics topics = config.topics();
        int shards = config.detect().shards();
        StreamsBuilder builder = new StreamsBuilder();
        WatchStage watches = new WatchStage(config, registry);

        KStream<byte[], byte[]> embeddings = builder.stream(topics.embeddings(),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withTimestampExtractor(new ArrivalTime())
                        .withName("embeddings-source"));
        // One partition even for several shards: the one order of all events is made of it.
        KStream<byte[], byte[]> probes = embeddings.process(
                RouteProcessor.supplier(config.texts(), config.detectApplication().emitFrom(), watches::alerter,
                        PROBES_NODE,
                        "watch-alerts-sink",
                        "embeddings-dead-letters-sink", registry),
                Named.as("route")).repartition(repartition("probes", 1));
        if (shards == 1) {
            probes.process(
                    DetectProcessors.shard(config, NODES, ProbeHeaders::partition, ProbeHeaders::isQuiet, clockNs,
                            registry),
                    Named.as("detect"));
        } else {
            shards(builder, probes, config, clockNs, registry);
        }

        Topology topology = builder.build();
        Serializer<byte[]> to = new ByteArraySerializer();
        topology.addGlobalStore(watches.store("watches"), "watch-vectors-source", new ArrivalTime(),
                new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.watchVectors(), "watch-updates",
                watches.updates());
        topology.addSink("watch-alerts-sink", topics.alerts(), to, to, "route");
        topology.addSink("embeddings-dead-letters-sink", topics.deadLetters(), to, to, "route");
        topology.addSink("alerts-sink", topics.alerts(), to, to, "detect");
        topology.addSink("unique-sink", topics.unique(), to, to, "detect");
        if (shards > 1) {
            topology.addSink("control-sink", topics.control(), to, to,
                    (_, key, _, _) -> Optional.of(Set.of(DetectProcessors.recipient(key))), "detect");
        }
        return topology;
    }

    /** Probes get their order, go to every shard, and each shard's task also reads what the others have to tell it. */
    private static void shards(StreamsBuilder builder, KStream<byte[], byte[]> probes, Config config,
            LongSupplier clockNs, MeterRegistry registry) {
        int shards = config.detect().shards();
        Set<Integer> all = IntStream.range(0, shards).boxed().collect(Collectors.toUnmodifiableSet());
        KStream<byte[], byte[]> turns = probes
                .process(
                        DetectProcessors.sequence(config, SEQUENCE_NODES, ProbeHeaders::partition,
                                ProbeHeaders::isQuiet,
                                clockNs, registry),
                        Named.as("sequence"))
                .repartition(repartition("window-probes", shards)
                        .withStreamPartitioner((_, _, _, _) -> Optional.of(all)));
        // Time zero: where both wait, the control topic is read first.
        KStream<byte[], byte[]> control = builder.stream(config.topics().control(),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withTimestampExtractor((_, _) -> 0).withName("control-source"));
        ShardNodes nodes = new ShardNodes("open-events", NODES.windowStore(), NODES.clusterStore(), NODES.alertsNode(),
                NODES.uniqueNode(), "control-sink", config.topics().control());
        control.merge(turns, Named.as("shard-input"))
                .process(DetectProcessors.oneOfShards(config, nodes, clockNs, registry), Named.as("detect"));
    }

    private static Repartitioned<byte[], byte[]> repartition(String name, int partitions) {
        return Repartitioned.<byte[], byte[]>as(name).withKeySerde(Serdes.ByteArray())
                .withValueSerde(Serdes.ByteArray()).withNumberOfPartitions(partitions)
                .withStreamPartitioner((_, _, _, _) -> Optional.of(Set.of(0)));
    }
}
