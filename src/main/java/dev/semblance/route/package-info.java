/**
 * Embedding → shard: checks each record of the embeddings topic and sends it on to the shards that have to see it.
 * Owns no store of vectors.
 */
package dev.semblance.route;
