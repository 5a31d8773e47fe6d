package dev.semblance.eval;

import dev.semblance.text.Tokenizer;

/**
 * A length at which texts are cut before they are embedded.
 *
 * @param maxTokens special tokens included
 * @param origin    who says so, for people
 * @param tokenizer cuts there; the caller closes it
 */
public record Truncation(int maxTokens, String origin, Tokenizer tokenizer) {}
