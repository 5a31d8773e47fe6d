package dev.semblance.window;

import dev.semblance.config.Config;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The ways to get a window. */
public final class VectorWindows {

    private VectorWindows() {}

    /** A window without Kafka: nothing is logged, nothing survives. */
    public static VectorWindow inMemory(Config.Detect config, MeterRegistry registry) {
        VectorIndex index = new VectorIndex();
        return new IndexWindow(index, new IndexWindow.Writes() {
            @Override
            public void put(WindowEntry entry) {
                index.insert(entry);
            }

            @Override
            public void delete(String id) {
                index.remove(id);
            }
        }, config.windowMaxBytes(), new WindowMeters(registry));
    }

    /**
     * A window as a Kafka Streams store, key = id. In memory, restored from its changelog. The changelog is compacted and
     * has no retention: entries expire by event time, which in a replay has nothing to do with the brokers' clock, so
     * each expiry writes a tombstone.
     */
    public static StoreBuilder<KeyValueStore<String, WindowEntry>> storeBuilder(String storeName,
            Config.Detect config, MeterRegistry registry) {
        KeyValueBytesStoreSupplier supplier = new KeyValueBytesStoreSupplier() {
            @Override
            public String name() {
                return storeName;
            }

            @Override
            public KeyValueStore<Bytes, byte[]> get() {
                return new VectorStore(storeName, config, registry);
            }

            @Override
            public String metricsScope() {
                return "vector-window";
            }
        };
        return Stores.keyValueStoreBuilder(supplier, Serdes.String(), WindowEntryCodec.serde()).withCachingDisabled()
                .withLoggingEnabled(
                        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    /**
     * The window over a store of {@link #storeBuilder}, as handed to the processor of one task. Writes go through the
     * store and so to its changelog; searches go straight to the index inside.
     *
     * @throws IllegalArgumentException where the store is of another kind
     */
    @SuppressWarnings("unchecked")
    public static VectorWindow of(StateStore store) {
        QueryResult<VectorStore> inner = store.query(new IndexQuery(), PositionBound.unbounded(),
                new QueryConfig(false));
        if (!inner.isSuccess()) {
            throw new IllegalArgumentException("store " + store.name() + " is no vector window: "
                    + inner.getFailureReason() + ", " + inner.getFailureMessage());
        }
        KeyValueStore<String, WindowEntry> logged = (KeyValueStore<String, WindowEntry>) store;
        VectorStore vectors = inner.getResult();
        return new IndexWindow(vectors.index, new IndexWindow.Writes() {
            @Override
            public void put(WindowEntry entry) {
                logged.put(entry.id(), entry);
            }

            @Override
            public void delete(String id) {
                // Not delete(): it would read, encode and decode the whole entry only to return it.
                logged.put(id, null);
            }
        }, vectors.maxBytes, vectors.meters);
    }
}
