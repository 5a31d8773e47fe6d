package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.RawRecord;
import dev.semblance.slots.SlotStore;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The processor of the detect application with its stores, ready to be wired. */
public final class DetectProcessors {

    private DetectProcessors() {}

    /**
     * @param sourcePartition partition of the embeddings topic that a probe came from
     * @param clockNs         never runs backwards; what {@code reorder} is measured with
     */
    public static ProcessorSupplier<byte[], byte[], byte[], byte[]> shard(Config config, DetectNodes nodes,
            ToIntFunction<RawRecord> sourcePartition, LongSupplier clockNs, MeterRegistry registry) {
        RecordCodec codec = new RecordCodec();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new DetectProcessor(config, nodes, codec, sourcePartition, clockNs, registry);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(SlotStore.builder(nodes.slotStore()),
                        VectorWindows.storeBuilder(nodes.windowStore(), config.detect(), registry),
                        clusters(nodes.clusterStore()));
            }
        };
    }

    /** Cached: a size that changes a hundred times between two commits reaches the changelog once. */
    private static StoreBuilder<KeyValueStore<String, Long>> clusters(String name) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.Long())
                .withCachingEnabled().withLoggingEnabled(Map.of("cleanup.policy", "compact"));
    }
}
