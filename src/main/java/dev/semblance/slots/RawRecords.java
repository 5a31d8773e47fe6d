package dev.semblance.slots;

import dev.semblance.record.DeadLetter;
import dev.semblance.record.RawRecord;
import dev.semblance.record.RawRecord.RawHeader;
import dev.semblance.record.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Kafka Streams records ⇄ {@link RawRecord}. */
public final class RawRecords {

    private RawRecords() {}

    public static RawRecord of(Record<byte[], byte[]> record, RecordMetadata metadata) {
        List<RawHeader> headers = new ArrayList<>();
        record.headers().forEach(h -> headers.add(new RawHeader(h.key(), h.value())));
        return new RawRecord(new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset()),
                record.timestamp(), record.key(), record.value(), headers);
    }

    public static Record<byte[], byte[]> toKafka(DeadLetter letter) {
        RawRecord raw = letter.raw();
        return new Record<>(raw.key(), letter.value(), raw.timestampMs(), toKafka(letter.headers()));
    }

    private static Headers toKafka(List<RawHeader> headers) {
        RecordHeaders kafka = new RecordHeaders();
        headers.forEach(h -> kafka.add(h.key(), h.value()));
        return kafka;
    }
}
