/**
 * Sentence encoders as files. {@code model.weights} reads tensors, {@code model.graph} writes graphs, {@code model.bundle}
 * is a model that can be run, {@code model.imports} makes one out of a repository that {@code model.hub} fetches; here is
 * what all of them share. Imports no other room but {@code record} and {@code config}. May not touch Kafka, and never
 * runs a model: that is {@code infer}.
 */
package dev.semblance.model;
