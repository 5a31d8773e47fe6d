/**
 * Arithmetic on vectors: dot, cosine, norm, half floats, and the scan of many vectors for those close to a query. Every
 * score is defined as one chain of fused multiply-adds in the order of the components, so it has the same bits in every
 * batch, on every machine, with SIMD and without. Imports no other room and knows nothing of events, stores or threads.
 */
package dev.semblance.vector;
