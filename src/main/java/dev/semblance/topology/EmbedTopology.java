package dev.semblance.topology;

import dev.semblance.config.Config;
import dev.semblance.embed.EmbedProcessors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The embed application. Every name below is part of running state: the golden file {@code topology/embed.txt} makes
 * a change of one a reviewed diff.
 */
public final class EmbedTopology {

    /** Where an application begins that has no offsets yet: as the consumer's settings say. */
    private static final AutoOffsetReset UNSET = null;

    private EmbedTopology() {}

    public static Topology build(Config config, EmbedProcessors processors) {
        Serializer<byte[]> to = new ByteArraySerializer();
        Deserializer<byte[]> from = new ByteArrayDeserializer();
        Config.Topics topics = config.topics();
        Topology topology = new Topology();

        topology.addSource(UNSET, "texts-source", new ArrivalTime(), from, from, topics.texts());
        topology.addProcessor("embed-texts",
                processors.texts("texts-in-flight", "embeddings-sink", "texts-dead-letters-sink"), "texts-source");
        topology.addSink("embeddings-sink", topics.embeddings(), to, to, "embed-texts");
        topology.addSink("texts-dead-letters-sink", topics.deadLetters(), to, to, "embed-texts");

        topology.addSource(UNSET, "watches-source", new ArrivalTime(), from, from, topics.watches());
        topology.addProcessor("embed-watches",
                processors.watches("watches-in-flight", "watch-vectors-sink", "watches-dead-letters-sink"),
                "watches-source");
        topology.addSink("watch-vectors-sink", topics.watchVectors(), to, to, "embed-watches");
        topology.addSink("watches-dead-letters-sink", topics.deadLetters(), to, to, "embed-watches");
        return topology;
    }
}
