/**
 * A Kafka broker for one machine in a child process, and the sources of events for it: files and an invented feed. May
 * use {@code config} for durations and the plain Kafka clients to see whether the broker answers; knows nothing of the
 * rest of the program.
 */
package dev.semblance.local;
