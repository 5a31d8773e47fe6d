/**
 * Bytes of the public topics ⇄ the value types of {@code record}: Avro single-object encoding with the schemas on
 * board, vector encodings, and JSON for people. The only room that uses the classes generated from {@code schemas/}.
 *
 * <p>Strict: what is truncated, has bytes left over, declares more than it holds or is not UTF-8 is refused with the
 * name of the field. Knows no Kafka, no policy (sizes, times, ids: room {@code ingest}) and no processor.
 */
package dev.semblance.codec;
