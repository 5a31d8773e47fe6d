package dev.semblance.model.graph;

/** The layers of a graph over padded rows, in one number format. */
interface EncoderLayers {

    /** [rows × tokens × hidden] → the same after one layer. */
    String layer(int layer, String x);

    /** Nothing but the first token's vector is used after the last layer: [rows × tokens × hidden] → [rows × 1 × hidden]. */
    String lastForFirstToken(int layer, String x);
}
