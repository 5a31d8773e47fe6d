package dev.semblance.detect;

import org.apache.kafka.streams.state.KeyValueStore;

/** Cluster sizes and the stream time in a changelogged store. Thread: the stream thread. */
final class StoredClusters implements ClusterSizes {

    /** No event id is empty, so that the stream time can live beside the sizes. */
    private static final String STREAM_TIME = "";

    private final KeyValueStore<String, Long> store;

    StoredClusters(KeyValueStore<String, Long> store) {
        this.store = store;
    }

    @Override
    public long add(String originalId) {
        long size = get(originalId) + 1;
        store.put(originalId, size);
        return size;
    }

    @Override
    public long get(String originalId) {
        Long size = store.get(originalId);
        return size == null ? 1 : size;
    }

    @Override
    public void remove(String originalId) {
        store.delete(originalId);
    }

    long streamTimeMs() {
        Long time = store.get(STREAM_TIME);
        return time == null ? Long.MIN_VALUE : time;
    }

    void streamTimeMs(long timeMs) {
        store.put(STREAM_TIME, timeMs);
    }
}
