package dev.semblance.record;

/** What an alert is about. */
public enum AlertKind {
    /** An event repeats an earlier one of the window. */
    NEAR_DUPLICATE,
    /** An event comes close to a standing query. */
    WATCH,
    /** A cluster of copies passed 10, 100, 1000, … members within the window. */
    BURST,
    /** A near-duplicate found after its event had been passed on as unique. */
    CORRECTION
}
