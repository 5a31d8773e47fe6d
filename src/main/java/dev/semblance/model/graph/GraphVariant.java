package dev.semblance.model.graph;

import dev.semblance.model.Pooling;

/** The graphs that are written of a model, by the names that users choose them by. The first one is the reference. */
public enum GraphVariant {
    CPU_FP32("cpu-fp32", GraphStyle.FUSED, Precision.FP32, true),
    CPU_INT8("cpu-int8", GraphStyle.FUSED, Precision.INT8, true),
    CUDA_FP16_PACKED("cuda-fp16-packed", GraphStyle.PACKED, Precision.FP16, false),
    CUDA_FP16("cuda-fp16", GraphStyle.FUSED, Precision.FP16, false);

    private final String id;
    private final GraphStyle style;
    private final Precision precision;
    private final boolean deterministic;

    GraphVariant(String id, GraphStyle style, Precision precision, boolean deterministic) {
        this.id = id;
        this.style = style;
        this.precision = precision;
        this.deterministic = deterministic;
    }

    /** As in {@code model.variant} and in manifests. */
    public String id() {
        return id;
    }

    public GraphStyle style() {
        return style;
    }

    public Precision precision() {
        return precision;
    }

    /** Whether a text's vector is the same bytes whatever else is in its batch. */
    public boolean deterministic() {
        return deterministic;
    }

    public GraphSpec spec(Pooling pooling) {
        return new GraphSpec(style, precision, pooling);
    }
}
