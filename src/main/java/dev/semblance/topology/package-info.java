/**
 * Wires both applications and sets them up: names of nodes, stores and topics, client settings, topic creation. The
 * path of a record is readable here from top to bottom. No tensors, no math.
 */
package dev.semblance.topology;
