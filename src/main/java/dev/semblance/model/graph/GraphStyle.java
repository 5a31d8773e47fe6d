package dev.semblance.model.graph;

/** Which operators a graph is made of. The outcome is the same to rounding. */
public enum GraphStyle {

    /** Standard ONNX operators, one for one as in the papers: what the others are verified against. */
    PLAIN,

    /** Fused operators of com.microsoft; rows of one padded length with a mask. */
    FUSED,

    /** Fused operators over texts laid end to end without padding; CUDA only. */
    PACKED
}
