/**
 * The embed stage: drives decoding, tokenisation and inference for each record of a task, holds the records in flight
 * in slots and forwards their output in order. Owns no model and no window.
 */
package dev.semblance.embed;
