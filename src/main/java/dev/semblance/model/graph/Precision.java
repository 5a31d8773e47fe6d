package dev.semblance.model.graph;

/** Number format of the weights and the multiplications. */
public enum Precision {
    FP32,
    FP16,
    INT8;

    /** As in manifests and records. */
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
