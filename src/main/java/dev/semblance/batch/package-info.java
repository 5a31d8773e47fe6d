/**
 * Which texts run together. Pure: no threads, no clocks, no Kafka, no ONNX Runtime; time is passed in. Imports no other
 * room but {@code record}.
 */
package dev.semblance.batch;
