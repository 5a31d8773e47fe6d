/**
 * Token ids → vectors: the backend contract, the device's queue and worker threads, the embedding cache.
 * {@code infer.onnx} is the only importer of ONNX Runtime. Imports {@code batch}, {@code model}, {@code record},
 * {@code config} and {@code metrics}; may not touch Kafka or stores.
 */
package dev.semblance.infer;
