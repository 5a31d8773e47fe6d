package dev.semblance.watch;

import dev.semblance.record.Watch;

/**
 * A watch that an event comes close to.
 *
 * @param fromMs    append time of the record that put this version of the watch
 * @param threshold that was in force
 */
record WatchMatch(Watch watch, long fromMs, float cosine, double threshold) {}
