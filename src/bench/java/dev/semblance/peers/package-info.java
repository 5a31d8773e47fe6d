/**
 * Other programs that embed texts with the same model, for comparison only: compiled by the Maven profile
 * {@code bench}, run in processes of their own, never part of the program.
 */
package dev.semblance.peers;
