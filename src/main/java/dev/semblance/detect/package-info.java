/**
 * The detect stage: event-time order, match rules, stars around originals, verdicts and the alerts that explain them.
 * Runs no inference.
 */
package dev.semblance.detect;
