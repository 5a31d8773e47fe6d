/**
 * The windowed vector store: which originals are alive, what they look like, and which of them come close to a query.
 * It answers; what counts as a duplicate is decided in {@code detect}. One index class serves both the store in memory
 * and the one behind Kafka Streams, which is restored from its changelog. Of Kafka only the store API is used.
 */
package dev.semblance.window;
