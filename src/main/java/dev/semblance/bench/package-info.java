/**
 * Throughput and latency programs, with the limits of the machine and the peers that they are compared to, measured in
 * the same run. May import every room but {@code cli}, which lends it what only the composition root can make.
 */
package dev.semblance.bench;
