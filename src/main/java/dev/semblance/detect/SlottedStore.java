package dev.semblance.detect;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Open events in a cached, changelogged store. Keys are small numbers that are used again, and each value begins with what
 * it is: a key of its own for each event would leave a tombstone in the changelog even of those that open and close between
 * two commits.
 *
 * <p>Thread: the stream thread.
 */
final class SlottedStore implements OpenStore {

    private static final int HEAD_BYTES = 1 + Long.BYTES + Integer.BYTES;

    private final KeyValueStore<Integer, byte[]> store;
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int next;

    SlottedStore(KeyValueStore<Integer, byte[]> store) {
        this.store = store;
        forEachEntry((number, value) -> {
            numbers.put(key(value), number);
            next = Math.max(next, number + 1);
        });
        boolean[] used = new boolean[next];
        numbers.values().forEach(n -> used[n] = true);
        for (int n = 0; n < next; n++) {
            if (!used[n]) {
                free.add(n);
            }
        }
    }

    static StoreBuilder<KeyValueStore<Integer, byte[]>> builder(String name) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.Integer(), Serdes.ByteArray())
                .withCachingEnabled().withLoggingEnabled(Map.of("cleanup.policy", "compact", "segment.bytes",
                        "16777216", "min.cleanable.dirty.ratio", "0.1"));
    }

    @Override
    public void put(Key key, byte[] value) {
        Integer number = numbers.get(key);
        if (number == null) {
            number = free.isEmpty() ? next++ : free.pop();
            numbers.put(key, number);
        }
        store.put(number, ByteBuffer.allocate(HEAD_BYTES + value.length).put(key.part().code).putLong(key.sequence())
                .putInt(key.item()).put(value).array());
    }

    @Override
    public void delete(Key key) {
        Integer number = numbers.remove(key);
        if (number != null) {
            // Not delete(): nobody wants the value back.
            store.put(number, null);
            free.push(number);
        }
    }

    @Override
    public void forEach(BiConsumer<Key, byte[]> sink) {
        forEachEntry((_, value) -> sink.accept(key(value), Arrays.copyOfRange(value, HEAD_BYTES, value.length)));
    }

    private void forEachEntry(BiConsumer<Integer, byte[]> sink) {
        try (KeyValueIterator<Integer, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<Integer, byte[]> entry = all.next();
                sink.accept(entry.key, entry.value);
            }
        }
    }

    private static Key key(byte[] value) {
        if (value.length < HEAD_BYTES) {
            throw new IllegalStateException("the store of open events has an entry of " + value.length
                    + " bytes: it was written by another version of the program");
        }
        ByteBuffer b = ByteBuffer.wrap(value);
        return new Key(Part.of(b.get()), b.getLong(), b.getInt());
    }
}
