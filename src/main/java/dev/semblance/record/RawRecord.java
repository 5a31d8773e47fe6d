package dev.semblance.record;

import java.util.List;

/**
 * A Kafka record as it arrived, bytes untouched. Arrays are shared with the consumer and never written to.
 *
 * @param source      where it came from
 * @param timestampMs the record's Kafka timestamp, epoch milliseconds
 * @param key         may be null
 * @param value       may be null (a delete)
 * @param headers     in their original order; empty where there are none
 */
public record RawRecord(SourcePosition source, long timestampMs, byte[] key, byte[] value, List<RawHeader> headers) {

    public RawRecord {
        headers = List.copyOf(headers);
    }

    /** Bytes of key, value and headers. */
    public long sizeBytes() {
        long size = length(key) + length(value);
        for (RawHeader header : headers) {
            size += header.key().length() + length(header.value());
        }
        return size;
    }

    /** The same coordinates, key and headers with another value. */
    public RawRecord withValue(byte[] other) {
        return new RawRecord(source, timestampMs, key, other, headers);
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** One header; the value may be null. */
    public record RawHeader(String key, byte[] value) {}
}
