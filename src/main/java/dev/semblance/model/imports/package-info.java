/**
 * A folder with config, tokenizer and weights, as trainers publish them, → a model bundle: what the files say is gathered
 * and held against each other, graphs are written and verified, and the bundle appears whole or not at all. Running a
 * graph and tokenising are given in by the caller ({@link dev.semblance.model.imports.GraphRunner},
 * {@link dev.semblance.model.imports.TokenIds}). Imports {@code model.graph}, {@code model.weights} and the root of
 * {@code model}; never the network.
 */
package dev.semblance.model.imports;
