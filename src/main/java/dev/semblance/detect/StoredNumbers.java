package dev.semblance.detect;

import java.util.function.ObjLongConsumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Numbers in a changelogged store. Thread: the stream thread. */
final class StoredNumbers implements Numbers {

    private final KeyValueStore<String, Long> store;

    StoredNumbers(KeyValueStore<String, Long> store) {
        this.store = store;
    }

    @Override
    public long get(String key) {
        Long number = store.get(key);
        return number == null ? 0 : number;
    }

    @Override
    public void put(String key, long number) {
        store.put(key, number);
    }

    @Override
    public void delete(String key) {
        store.put(key, null);
    }

    @Override
    public void forEach(ObjLongConsumer<String> sink) {
        try (KeyValueIterator<String, Long> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Long> entry = all.next();
                sink.accept(entry.key, entry.value);
            }
        }
    }
}
