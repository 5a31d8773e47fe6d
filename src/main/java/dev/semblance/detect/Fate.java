package dev.semblance.detect;

/** Whether an event becomes an original. */
enum Fate {
    /** Not known yet. */
    OPEN,
    /** It passes, and is an original itself: nothing like it is there, or only of kinds that are not suppressed. */
    ORIGINAL,
    /** It is kept from the unique topic. */
    SUPPRESSED
}
