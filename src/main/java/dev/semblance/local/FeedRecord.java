package dev.semblance.local;

/**
 * One record to send to the texts topic. The arrays are fresh, and the receiver's.
 *
 * @param key         UTF-8 of the event's id; null where the event has none
 * @param value       as the source has it, byte for byte
 * @param eventTimeMs when it was said, epoch milliseconds, to pace a replay by; −1 where the source does not say
 */
public record FeedRecord(byte[] key, byte[] value, long eventTimeMs) {}
