/**
 * In-flight slots: records that a processor holds in memory are state, so that a commit never waits for the device
 * and a crash resubmits them. Used by both applications. Knows neither texts nor vectors.
 *
 * <p>Why: Kafka Streams commits the offsets of every record that {@code process()} has returned from, and gives no
 * hook to finish held records first. So each held record is put into a cached, changelogged store before it is
 * submitted and deleted once its output is forwarded. The cache is flushed before offsets are committed: only what is
 * in flight at a commit ever reaches the changelog, and what the changelog holds after a crash is what still has to
 * be done.
 */
package dev.semblance.slots;
