package dev.semblance.eval;

/**
 * Two sentences, and how similar people found them.
 *
 * @param subset where the pair comes from, within its set; may be empty
 * @param score  finite; 0 to 5 in STS, 1 to 5 in SICK
 * @param first  not blank
 * @param second not blank
 */
public record StsPair(String subset, double score, String first, String second) {}
