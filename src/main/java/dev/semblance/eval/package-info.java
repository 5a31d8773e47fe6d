/**
 * How good the vectors are: reading of semantic textual similarity sets, correlations, and the tables that show them.
 * May import every room but {@code cli}; nothing of the stream imports it. Reads no clock, and prints nothing.
 */
package dev.semblance.eval;
