/**
 * Every meter of the program, by name, unit and meaning, and the binders of Kafka's own meters. No logic.
 */
package dev.semblance.metrics;
