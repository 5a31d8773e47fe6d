package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.RawRecord;
import dev.semblance.slots.SlotStore;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The processors of the detect application with their stores, ready to be wired. */
public final class DetectProcessors {

    private DetectProcessors() {}

    /**
     * The only shard of the window.
     *
     * @param sourcePartition partition of the embeddings topic that a probe came from
     * @param quiet           whether a probe is to be decided, but nothing written about it
     * @param clockNs         never runs backwards; what {@code reorder} is measured with
     */
    public static ProcessorSupplier<byte[], byte[], byte[], byte[]> shard(Config config, DetectNodes nodes,
            ToIntFunction<RawRecord> sourcePartition, Predicate<RawRecord> quiet, LongSupplier clockNs,
            MeterRegistry registry) {
        RecordCodec codec = new RecordCodec();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new DetectProcessor(config, nodes, codec, sourcePartition, quiet, clockNs, registry);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return inOrder(SlotStore.builder(nodes.slotStore()),
                        VectorWindows.storeBuilder(nodes.windowStore(), config.detect(), registry),
                        numbers(nodes.clusterStore()));
            }
        };
    }

    /**
     * Makes the order that several shards follow.
     *
     * @param sourcePartition partition of the embeddings topic that a probe came from
     * @param quiet           whether a probe is to be decided, but nothing written about it
     * @param clockNs         never runs backwards; what {@code reorder} is measured with
     */
    public static ProcessorSupplier<byte[], byte[], byte[], byte[]> sequence(Config config, SequenceNodes nodes,
            ToIntFunction<RawRecord> sourcePartition, Predicate<RawRecord> quiet, LongSupplier clockNs,
            MeterRegistry registry) {
        RecordCodec codec = new RecordCodec();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new SequenceProcessor(config, nodes, codec, sourcePartition, quiet, clockNs, registry);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return inOrder(SlotStore.builder(nodes.slotStore()), numbers(nodes.sequenceStore()));
            }
        };
    }

    /** One of several shards. Its task reads its partition of the order, and of the control topic. */
    public static ProcessorSupplier<byte[], byte[], byte[], byte[]> oneOfShards(Config config, ShardNodes nodes,
            LongSupplier clockNs, MeterRegistry registry) {
        RecordCodec codec = new RecordCodec();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new ShardProcessor(config, nodes, codec, clockNs, registry);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return inOrder(SlottedStore.builder(nodes.openStore()),
                        VectorWindows.storeBuilder(nodes.windowStore(), config.detect(), registry),
                        numbers(nodes.clusterStore()));
            }
        };
    }

    /** The shard that a record for the control topic is meant for. */
    public static int recipient(byte[] key) {
        return ShardProcessor.recipient(key);
    }

    /** The order shows in the description of the topology: it must not change from run to run. */
    private static Set<StoreBuilder<?>> inOrder(StoreBuilder<?>... builders) {
        return new LinkedHashSet<>(List.of(builders));
    }

    /** Cached: a number that changes a hundred times between two commits reaches the changelog once. */
    private static StoreBuilder<KeyValueStore<String, Long>> numbers(String name) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.Long())
                .withCachingEnabled().withLoggingEnabled(Map.of("cleanup.policy", "compact"));
    }
}
