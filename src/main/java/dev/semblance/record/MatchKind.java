package dev.semblance.record;

/** Why two texts count as the same. Declared from the strongest to the weakest. */
public enum MatchKind {
    /** The normalised texts are equal. */
    EXACT,
    /** The cosine reaches the threshold, and numbers and tickers agree. */
    NEAR,
    /** The cosine reaches the threshold, but numbers or tickers differ: often a template, not a copy. */
    VARIANT
}
