/**
 * Standing queries: which watches there are, since when and until when each of their versions is in force, and which of
 * them an event comes close to. Written from the {@code watch-vectors} topic by the thread of the global store, read by
 * the route step of each task. May not touch the window of originals, nor the engine.
 */
package dev.semblance.watch;
