package dev.semblance.model.graph;

/** Element types of tensors that graphs are written with. */
// Codes: TensorProto.DataType of onnx/onnx.proto.
enum OnnxType {
    FLOAT(1, Float.BYTES),
    UINT8(2, Byte.BYTES),
    INT8(3, Byte.BYTES),
    INT32(6, Integer.BYTES),
    INT64(7, Long.BYTES),
    FLOAT16(10, Short.BYTES);

    private final int code;
    private final int sizeBytes;

    OnnxType(int code, int sizeBytes) {
        this.code = code;
        this.sizeBytes = sizeBytes;
    }

    int code() {
        return code;
    }

    int sizeBytes() {
        return sizeBytes;
    }
}
