/**
 * Weights → ONNX graphs for BERT and its kin: the architecture read from config.json, the operators of each variant, and
 * the protobuf encoding. Imports {@code model.weights} and the root of {@code model}.
 */
package dev.semblance.model.graph;
