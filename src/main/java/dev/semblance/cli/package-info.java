/**
 * The commands, and the one place that puts the rooms together and takes them apart in order. Holds no logic of the
 * stream itself. Data goes to stdout, everything else to stderr; exit codes are 0 (fine), 1 (failure), 2 (usage).
 */
package dev.semblance.cli;
