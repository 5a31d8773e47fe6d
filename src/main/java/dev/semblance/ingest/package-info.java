/**
 * What a record of the texts or watches topic means: formats, ids, times, sizes; and, for each that cannot go on, why.
 * Pure: the clock is passed in, nothing is stored. Knows no tokenizer, no model and no Kafka client.
 */
package dev.semblance.ingest;
