/**
 * A model as the rest of the program meets it: its manifest, its tokenizer, its graphs, and the revision that names all
 * that shapes a vector. The embedded model is written here, a folder is read and checked. Imports {@code model.graph},
 * {@code model.weights}, the root of {@code model} and {@code config}.
 */
package dev.semblance.model.bundle;
