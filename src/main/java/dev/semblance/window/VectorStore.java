package dev.semblance.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.semblance.config.Config;
import dev.semblance.metrics.OwnedGauges;
import dev.semblance.metrics.SemblanceMeter;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The innermost layer of the Kafka Streams store: entry bytes in, index kept. The changelog layer around it logs what
 * passes; on a restart the index is built while the changelog is read back, for active and standby tasks alike.
 *
 * <p>Thread: the stream thread writes (and restores); queries come from any thread.
 */
final class VectorStore implements KeyValueStore<Bytes, byte[]> {

    private final String name;
    private final MeterRegistry registry;
    final long maxBytes;
    final VectorIndex index;
    final WindowMeters meters;
    /** Position is safe under concurrent updates; only the stream thread writes. */
    private final Position position = Position.emptyPosition();
    private StateStoreContext context;
    private OwnedGauges gauges;
    private volatile boolean open;

    VectorStore(String name, Config.Detect config, MeterRegistry registry) {
        this.name = name;
        this.registry = registry;
        this.maxBytes = config.windowMaxBytes();
        this.index = VectorWindows.index(config);
        this.meters = new WindowMeters(registry);
    }

    @Override
    public void init(StateStoreContext stateStoreContext, StateStore root) {
        context = stateStoreContext;
        String task = context.taskId().toString();
        gauges = new OwnedGauges(registry).add(SemblanceMeter.WINDOW_LIVE, index::size, "task", task)
                .add(SemblanceMeter.WINDOW_BYTES, index::sizeBytes, "task", task)
                .add(SemblanceMeter.WINDOW_SURVIVAL_RATE, index::survivalRate, "task", task);
        open = true;
        context.register(root, (BatchingStateRestoreCallback) records -> records
                .forEach(r -> apply(Bytes.wrap(r.key), r.value)));
    }

    private void apply(Bytes key, byte[] value) {
        String id = id(key);
        if (value == null) {
            index.remove(id);
        } else {
            WindowEntry entry = WindowEntryCodec.decode(value);
            if (!entry.id().equals(id)) {
                throw new IllegalStateException(
                        "store " + name + " was given entry " + entry.id() + " under the key " + id);
            }
            index.insert(entry);
        }
    }

    @Override
    public void put(Bytes key, byte[] value) {
        apply(key, value);
        context.recordMetadata().filter(m -> m.topic() != null && m.offset() >= 0)
                .ifPresent(m -> position.withComponent(m.topic(), m.partition(), m.offset()));
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        byte[] previous = get(key);
        if (previous == null) {
            put(key, value);
        }
        return previous;
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(e -> put(e.key, e.value));
    }

    @Override
    public byte[] delete(Bytes key) {
        byte[] previous = get(key);
        put(key, null);
        return previous;
    }

    @Override
    public byte[] get(Bytes key) {
        WindowEntry entry = index.entry(id(key));
        return entry == null ? null : WindowEntryCodec.encode(entry);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        return iterate(sortedKeys().filter(k -> (from == null || k.compareTo(from) >= 0)
                && (to == null || k.compareTo(to) <= 0)));
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return iterate(sortedKeys());
    }

    private Stream<Bytes> sortedKeys() {
        return index.ids().stream().map(id -> Bytes.wrap(id.getBytes(UTF_8))).sorted(Comparator.naturalOrder());
    }

    private KeyValueIterator<Bytes, byte[]> iterate(Stream<Bytes> keys) {
        return new Entries(keys.map(k -> KeyValue.pair(k, get(k))).filter(e -> e.value != null).iterator());
    }

    @Override
    public long approximateNumEntries() {
        return index.size();
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
        QueryResult<R> result;
        if (query instanceof NearestQuery nearest) {
            result = (QueryResult<R>) QueryResult.forResult(index.nearest(nearest));
        } else if (query instanceof IndexQuery) {
            result = (QueryResult<R>) QueryResult.forResult(this);
        } else {
            return QueryResult.forUnknownQueryType(query, this);
        }
        result.setPosition(position.copy());
        return result;
    }

    @Override
    public Position getPosition() {
        return position;
    }

    @Override
    public String name() {
        return name;
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
    public void close() {
        open = false;
        if (gauges != null) {
            gauges.close();
        }
        index.clear();
    }

    private static String id(Bytes key) {
        return new String(key.get(), UTF_8);
    }

    /** Walks keys taken at one moment; entries that have gone since are left out. */
    private static final class Entries implements KeyValueIterator<Bytes, byte[]> {
        private final Iterator<KeyValue<Bytes, byte[]>> source;
        private KeyValue<Bytes, byte[]> next;

        Entries(Iterator<KeyValue<Bytes, byte[]>> source) {
            this.source = source;
            advance();
        }

        private void advance() {
            next = source.hasNext() ? source.next() : null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            KeyValue<Bytes, byte[]> current = next;
            advance();
            return current;
        }

        @Override
        public Bytes peekNextKey() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            return next.key;
        }

        @Override
        public void close() {}
    }
}
