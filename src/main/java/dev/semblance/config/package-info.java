/**
 * Keys → immutable checked records. A leaf: it imports no other room but the value types of {@code record}, and each
 * room is handed only its own slice. Environment and files are read here and nowhere else.
 */
package dev.semblance.config;
