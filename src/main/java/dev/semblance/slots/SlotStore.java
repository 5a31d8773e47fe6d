package dev.semblance.slots;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The store behind the slots: Kafka's in-memory key-value store that also counts completed commits.
 * {@link StateStore#commit} runs after the offsets are committed, which is what at-least-once needs to know before a
 * slot may be emptied.
 *
 * <p>Thread: the stream thread.
 */
public final class SlotStore implements KeyValueStore<Bytes, byte[]> {

    /** Asks the innermost store for itself, through every layer that Kafka Streams puts around it. */
    record CommitsQuery() implements Query<SlotStore> {}

    private final KeyValueStore<Bytes, byte[]> inner;
    private long commits;

    private SlotStore(KeyValueStore<Bytes, byte[]> inner) {
        this.inner = inner;
    }

    /** A builder of a cached and changelogged slot store. The cache is what keeps the changelog small. */
    public static StoreBuilder<KeyValueStore<Integer, byte[]>> builder(String name) {
        KeyValueBytesStoreSupplier supplier = new KeyValueBytesStoreSupplier() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public KeyValueStore<Bytes, byte[]> get() {
                return new SlotStore(Stores.inMemoryKeyValueStore(name).get());
            }

            @Override
            public String metricsScope() {
                return "in-flight-slots";
            }
        };
        return Stores.keyValueStoreBuilder(supplier, Serdes.Integer(), Serdes.ByteArray()).withCachingEnabled()
                .withLoggingEnabled(Map.of("cleanup.policy", "compact", "segment.bytes", "16777216",
                        "min.cleanable.dirty.ratio", "0.1"));
    }

    /** The slot store under the layers around {@code store}. */
    static SlotStore under(KeyValueStore<Integer, byte[]> store) {
        QueryResult<SlotStore> result = store.query(new CommitsQuery(), PositionBound.unbounded(),
                new QueryConfig(false));
        if (result.isFailure()) {
            throw new IllegalStateException("store '" + store.name() + "' is no slot store: "
                    + result.getFailureMessage());
        }
        return result.getResult();
    }

    /** Commits completed since the store was opened. */
    long commits() {
        return commits;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
        return query instanceof CommitsQuery
                ? (QueryResult<R>) QueryResult.forResult(this)
                : inner.query(query, bound, config);
    }

    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        inner.commit(changelogOffsets);
        commits++;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        inner.init(context, root);
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean managesOffsets() {
        return inner.managesOffsets();
    }

    @Override
    public Long committedOffset(TopicPartition partition) {
        return inner.committedOffset(partition);
    }

    @Override
    public boolean isOpen() {
        return inner.isOpen();
    }

    @Override
    public Position getPosition() {
        return inner.getPosition();
    }

    @Override
    public void put(Bytes key, byte[] value) {
        inner.put(key, value);
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        return inner.putIfAbsent(key, value);
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        inner.putAll(entries);
    }

    @Override
    public byte[] delete(Bytes key) {
        return inner.delete(key);
    }

    @Override
    public byte[] get(Bytes key) {
        return inner.get(key);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        return inner.range(from, to);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return inner.all();
    }

    @Override
    public long approximateNumEntries() {
        return inner.approximateNumEntries();
    }
}
