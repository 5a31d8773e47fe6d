/**
 * The value types that travel along the path of a record, one type per hop. Plain immutable Java: this room knows
 * neither Kafka nor Avro nor ONNX Runtime, and imports no other room.
 */
package dev.semblance.record;
