package dev.semblance.topology;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;

/**
 * Reads records between two offsets. Offsets alone do not say whether there are any: the ends of transactions take
 * offsets, too, and so do records of those that were aborted.
 *
 * <p>Thread: the owner's of the consumer.
 */
final class CommittedRecords {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;

    /** @param consumer reads what is committed; its assignment is changed */
    CommittedRecords(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Whether there is a record from the one offset on and before the other. */
    boolean any(TopicPartition partition, long from, long to) {
        return !read(partition, from, to, _ -> false);
    }

    /** Keys of a compacted partition whose last record before that offset is no tombstone. */
    int keys(TopicPartition partition, long to) {
        Set<Bytes> keys = new HashSet<>();
        read(partition, 0, to, record -> {
            Bytes key = Bytes.wrap(record.key());
            if (record.value() == null) {
                keys.remove(key);
            } else {
                keys.add(key);
            }
            return true;
        });
        return keys.size();
    }

    /**
     * Hands over the records until one of them ends it.
     *
     * @param goOn whether to read the next record, too
     * @return whether it came to the end
     */
    private boolean read(TopicPartition partition, long from, long to,
            Predicate<ConsumerRecord<byte[], byte[]>> goOn) {
        consumer.assign(List.of(partition));
        long position = Math.max(from, consumer.beginningOffsets(List.of(partition)).get(partition));
        consumer.seek(partition, position);
        long progressNs = System.nanoTime();
        while (position < to) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < to && !goOn.test(record)) {
                    return false;
                }
            }
            long next = consumer.position(partition);
            if (next > position) {
                progressNs = System.nanoTime();
            } else if (System.nanoTime() - progressNs > PATIENCE.toNanos()) {
                throw new DetectRefusal("partition " + partition + " gives nothing at offset " + position + " for "
                        + PATIENCE.toSeconds() + " s, although it ends at " + to + "; try again when it is readable");
            }
            position = next;
        }
        return true;
    }
}
