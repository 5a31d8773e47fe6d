/**
 * The model bundle: an ONNX file, its tokenizer and a manifest, checked and named by a content hash. Reads files and
 * the class path; imports no other room but {@code record} and {@code config}. May not touch Kafka, and never runs a
 * model: that is {@code infer}.
 */
package dev.semblance.model;
