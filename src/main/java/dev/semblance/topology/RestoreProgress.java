package dev.semblance.topology;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** How far each store has been restored. Thread-safe. */
public final class RestoreProgress implements StateRestoreListener {

    private record Progress(long restored, long total) {}

    private final Map<String, Progress> stores = new ConcurrentHashMap<>();

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long startOffset, long endOffset) {
        stores.put(key(partition, store), new Progress(0, endOffset - startOffset));
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long batchEndOffset, long restored) {
        stores.computeIfPresent(key(partition, store), (_, p) -> new Progress(p.restored + restored, p.total));
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long totalRestored) {
        stores.remove(key(partition, store));
    }

    @Override
    public void onRestoreSuspended(TopicPartition partition, String store, long totalRestored) {
        stores.remove(key(partition, store));
    }

    /** Store and partition → records restored of records to restore (an upper bound); empty once all are restored. */
    public Map<String, String> describe() {
        Map<String, String> described = new TreeMap<>();
        stores.forEach((k, p) -> described.put(k, p.restored + "/" + p.total));
        return described;
    }

    private static String key(TopicPartition partition, String store) {
        return store + "-" + partition.partition();
    }
}
