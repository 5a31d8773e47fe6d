package dev.semblance.model.graph;

import dev.semblance.model.Pooling;

/**
 * What graph to write. All graphs give {@value #EMBEDDING} [rows × hidden], unit L2 norm, and {@value #POOLED}, the same
 * before it is scaled; both fp32 whatever the weights are.
 *
 * <p>
 * PLAIN and FUSED take {@value #IDS} and {@value #MASK}, int32 [rows × tokens], texts at the left. PACKED takes
 * {@value #IDS} and {@value #POSITIONS}, int32 [tokens], texts end to end; {@value #TOKEN_OFFSET}, int32 [rows × longest],
 * and {@value #CUMULATIVE_LENGTHS}, int32 [rows + 1], as ONNX Runtime's PackedMultiHeadAttention defines them.
 */
public record GraphSpec(GraphStyle style, Precision precision, Pooling pooling) {

    public static final String IDS = "input_ids";
    public static final String MASK = "attention_mask";
    public static final String POSITIONS = "position_ids";
    public static final String TOKEN_OFFSET = "token_offset";
    public static final String CUMULATIVE_LENGTHS = "cu_seqlens";
    public static final String EMBEDDING = "sentence_embedding";
    public static final String POOLED = "pooled";
}
