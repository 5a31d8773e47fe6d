package dev.semblance.watch;

import dev.semblance.config.Config;
import dev.semblance.record.Rejection;
import dev.semblance.record.WatchVector;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The watches of one application: the global store, the processor that fills it, and what the route step asks. One for
 * each topology that is built. Thread-safe.
 */
public final class WatchStage {

    private final Config config;
    private final Watches watches;
    private final WatchMeters meters;

    public WatchStage(Config config, MeterRegistry registry) {
        this.config = config;
        this.watches = new Watches(config.watches(), config.detect());
        this.meters = new WatchMeters(registry);
    }

    public StoreBuilder<? extends StateStore> store(String name) {
        return new WatchStore.Builder(name, watches, meters);
    }

    /** Records of the topic of watch vectors → the store. */
    public ProcessorSupplier<byte[], byte[], Void, Void> updates() {
        return () -> new WatchUpdates(watches, new WatchLimits(config.texts().maxBytes()),
                new WatchRefusals(config.watches()), meters);
    }

    /** A new one for each task. */
    public WatchAlerter alerter() {
        return new WatchAlerter(watches, config.watches().alertsMax(), meters);
    }

    /**
     * Takes up a watch without Kafka. One thread only, and not beside a running application.
     *
     * @param appendedMs events of that time and later are reported
     * @throws IllegalStateException where there is no room
     */
    public void put(WatchVector watch, long appendedMs) {
        Rejection refused = new WatchRefusals(config.watches())
                .of(watches.put(watch, appendedMs, appendedMs), watch);
        if (refused != null) {
            throw new IllegalStateException(refused.message());
        }
    }

    /** Bytes of heap that the watches take, about. */
    public long sizeBytes() {
        return watches.sizeBytes();
    }
}
