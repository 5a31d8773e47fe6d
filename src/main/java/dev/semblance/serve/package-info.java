/**
 * What the process says over HTTP: meters, liveness, readiness. Knows no Kafka and no wiring: it is handed a supplier
 * of {@link dev.semblance.serve.Health} and the meters, and answers from them.
 */
package dev.semblance.serve;
