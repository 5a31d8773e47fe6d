package dev.semblance.watch;

import dev.semblance.metrics.OwnedGauges;
import java.util.Map;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The watches as a global store of Kafka Streams: in memory, read whole from its topic before any task starts. Kafka
 * Streams restores a global store through its processor, so that times and checks are the same then as later.
 *
 * <p>Thread: that of the global store; gauges are read by any.
 */
final class WatchStore implements StateStore {

    private final String name;
    private final Watches watches;
    private final WatchMeters meters;
    private OwnedGauges gauges;
    private volatile boolean open;

    WatchStore(String name, Watches watches, WatchMeters meters) {
        this.name = name;
        this.watches = watches;
        this.meters = meters;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        // Here and not in close(): stream threads may still run when the global thread has ended, and must miss nothing.
        watches.clear();
        gauges = meters.gauges(watches);
        open = true;
        StateRestoreCallback never = (_, _) -> {
            throw new IllegalStateException(
                    "store " + name + " is restored through its processor, which knows the time "
                            + "of each record; this version of Kafka Streams does it otherwise");
        };
        context.register(root, never);
    }

    @Override
    public void close() {
        open = false;
        if (gauges != null) {
            gauges.close();
        }
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public Position getPosition() {
        return Position.emptyPosition();
    }

    /** A global store's topic is its changelog: there is nothing to cache or to log. */
    record Builder(String name, Watches watches, WatchMeters meters) implements StoreBuilder<WatchStore> {

        @Override
        public WatchStore build() {
            return new WatchStore(name, watches, meters);
        }

        @Override
        public StoreBuilder<WatchStore> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<WatchStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<WatchStore> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("the topic of a global store is its changelog");
        }

        @Override
        public StoreBuilder<WatchStore> withLoggingDisabled() {
            return this;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }
    }
}
