/**
 * What happens to a text before the model sees it: preprocessing, tokens, and the hashes and differences that matches
 * are judged by. Imports no other room but {@code record}; may not touch Kafka or ONNX Runtime.
 */
package dev.semblance.text;
