package dev.semblance.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The record's Kafka timestamp, or now where a producer of old gave it none. Event times are fields of the values:
 * this one only says when a record was written.
 */
public final class ArrivalTime implements TimestampExtractor {

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTimeMs) {
        // Kafka Streams stops on a negative timestamp: one such record must not end the stream.
        return record.timestamp() >= 0 ? record.timestamp() : System.currentTimeMillis();
    }
}
