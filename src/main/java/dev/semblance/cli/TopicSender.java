package dev.semblance.cli;

import dev.semblance.local.FeedRecord;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Sends records and counts what became of them. Record timestamps are left to the producer: retention goes by them,
 * and an old event must not be deleted as soon as it is written. The event's own time is in its value.
 *
 * <p>Thread: one sends; the counters may be read from any.
 */
final class TopicSender {

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong acknowledgedBytes = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<Exception> firstFailure = new AtomicReference<>();
    private volatile boolean broken;

    TopicSender(Producer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    /** Blocks while the producer's buffer is full. */
    void send(FeedRecord record) {
        int sizeBytes = record.value().length;
        try {
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic, record.key(), record.value()),
                    (metadata, e) -> {
                        if (e == null) {
                            acknowledged.incrementAndGet();
                            acknowledgedBytes.addAndGet(sizeBytes);
                        } else {
                            fail(e);
                        }
                    });
        } catch (KafkaException e) {
            // Thrown instead of reported where the producer itself has failed for good.
            fail(e);
        }
    }

    private void fail(Exception e) {
        failed.incrementAndGet();
        firstFailure.compareAndSet(null, e);
        // What is wrong with one record says nothing about the next; everything else does.
        if (!(e instanceof RecordTooLargeException || e instanceof InvalidTimestampException)) {
            broken = true;
        }
    }

    /** Waits until every record is acknowledged or has failed. */
    void flush() {
        producer.flush();
    }

    /** True where sending more is in vain. */
    boolean broken() {
        return broken;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long acknowledgedBytes() {
        return acknowledgedBytes.get();
    }

    long failed() {
        return failed.get();
    }

    /** Null where there was none. */
    Exception firstFailure() {
        return firstFailure.get();
    }
}
