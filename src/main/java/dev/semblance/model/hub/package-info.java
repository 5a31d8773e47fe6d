/**
 * A model repository on the Hugging Face hub, or on a server that speaks its HTTP API, → a folder of verified files in a
 * cache. The server is foreign: sizes, hashes and names are checked, redirects are followed by hand so that a token goes
 * to nobody else, and nothing endless is read. Imports no other room, reads no environment.
 */
package dev.semblance.model.hub;
