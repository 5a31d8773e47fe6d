package dev.semblance.window;

import dev.semblance.config.Config;
import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.vector.SimdCheck;
import dev.semblance.vector.VectorKernels;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways to get a window. */
public final class VectorWindows {

    private static final Logger LOG = LoggerFactory.getLogger(VectorWindows.class);

    private VectorWindows() {}

    static VectorIndex index(Config.Detect config) {
        return new VectorIndex(config, new ScanThreads(config.scanThreads()));
    }

    /**
     * Measures at start whether scans run on SIMD registers, says so loudly where they do not, and keeps the ratio as a
     * gauge. Takes half a second.
     */
    public static void checkSimd(MeterRegistry registry) {
        double speedUp = SimdCheck.speedUp();
        new OwnedGauges(registry).add(SemblanceMeter.VECTOR_SIMD, () -> speedUp);
        if (speedUp < SimdCheck.LEAST_SPEED_UP) {
            LOG.warn("SIMD IS NOT ON: scans run at {} times the speed of plain Java, where at least {} is expected. "
                    + "Everything is right, but the window takes several times the CPU. {}",
                    String.format(Locale.ROOT, "%.2f", speedUp), SimdCheck.LEAST_SPEED_UP,
                    VectorKernels.simd()
                            ? "The module is there, but its calls are not compiled: do not turn off C2 or intrinsics "
                                    + "(-Xint, -XX:TieredStopAtLevel), and use a JVM with C2"
                            : "Start Java with --add-modules=jdk.incubator.vector, as ./semblance does");
        } else {
            LOG.info("SIMD is on: scans run at {} times the speed of plain Java",
                    String.format(Locale.ROOT, "%.1f", speedUp));
        }
    }

    /**
     * What a window of vectors of that many dimensions promises about near-duplicates it may miss, in a sentence.
     *
     * @param dimension of the model
     */
    public static String promise(Config.Detect config, int dimension) {
        return Space.plan(dimension, config, null).describe();
    }

    /** The same for vectors of the model whose mean is known, with its name; empty where none is. */
    public static Optional<String> promise(Config.Detect config) {
        return Optional.ofNullable(config.mean())
                .map(m -> m.modelId() + ": " + Space.plan(m.mean().size(), config, m).describe());
    }

    /** A window without Kafka: nothing is logged, nothing survives. */
    public static OwnWindow inMemory(Config.Detect config, MeterRegistry registry) {
        VectorIndex index = index(config);
        return new IndexWindow(index, new IndexWindow.Writes() {
            @Override
            public void put(WindowEntry entry) {
                index.insert(entry);
            }

            @Override
            public void delete(String id) {
                index.remove(id);
            }

            @Override
            public void close() {
                index.clear();
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
