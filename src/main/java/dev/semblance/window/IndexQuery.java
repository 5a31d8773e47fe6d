package dev.semblance.window;

import org.apache.kafka.streams.query.Query;

/** How the owner of a store reaches the innermost layer through the ones that Kafka Streams wraps around it. */
record IndexQuery() implements Query<VectorStore> {}
