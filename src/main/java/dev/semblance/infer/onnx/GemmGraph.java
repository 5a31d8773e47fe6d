package dev.semblance.infer.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** ONNX files of one matrix product A [m × k] · B [k × n], B fixed. Same arguments, same bytes. */
// Field numbers: onnx/onnx.proto of the ONNX specification; wire format: protobuf.dev/programming-guides/encoding.
final class GemmGraph {

    static final String A = "a";
    static final String Y = "y";

    private static final String B = "b";
    private static final String A_ZERO = "a_zero";
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    private static final int INT8 = 3;
    private static final int INT32 = 6;
    private static final int VARINT = 0;
    private static final int BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private GemmGraph() {}

    static byte[] fp32(int m, int k, int n) {
        ByteBuffer b = ByteBuffer.allocate(k * n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(1);
        while (b.hasRemaining()) {
            b.putFloat((float) random.nextDouble(-1, 1));
        }
        GemmGraph graph = new GemmGraph().message(1, node("MatMul", A, B)).text(2, "gemm")
                .message(5, tensor(B, FLOAT, b.array(), k, n)).message(11, value(A, FLOAT, m, k))
                .message(12, value(Y, FLOAT, m, n));
        return model(graph);
    }

    /** Unsigned activations with zero point 128, signed weights: the form that multiply-add units of bytes take. */
    static byte[] int8(int m, int k, int n) {
        byte[] b = new byte[k * n];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < b.length; i++) {
            b[i] = (byte) random.nextInt(-127, 128);
        }
        GemmGraph graph = new GemmGraph().message(1, node("MatMulInteger", A, B, A_ZERO)).text(2, "gemm")
                .message(5, tensor(B, INT8, b, k, n)).message(5, tensor(A_ZERO, UINT8, new byte[]{(byte) 128}))
                .message(11, value(A, UINT8, m, k)).message(12, value(Y, INT32, m, n));
        return model(graph);
    }

    private static byte[] model(GemmGraph graph) {
        return new GemmGraph().number(1, IR_VERSION).message(7, graph)
                .message(8, new GemmGraph().text(1, "").number(2, OPSET)).out.toByteArray();
    }

    private static GemmGraph node(String operator, String... inputs) {
        GemmGraph node = new GemmGraph();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, Y).text(3, operator).text(4, operator);
    }

    private static GemmGraph tensor(String name, int type, byte[] raw, long... dims) {
        GemmGraph tensor = new GemmGraph();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        return tensor.number(2, type).text(8, name).bytes(9, raw);
    }

    /** ValueInfo: name, type.tensor_type(elem_type, shape.dim(dim_value)). */
    private static GemmGraph value(String name, int type, long... dims) {
        GemmGraph shape = new GemmGraph();
        for (long dim : dims) {
            shape.message(1, new GemmGraph().number(1, dim));
        }
        return new GemmGraph().text(1, name).message(2,
                new GemmGraph().message(1, new GemmGraph().number(1, type).message(2, shape)));
    }

    private GemmGraph number(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    private GemmGraph text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private GemmGraph message(int field, GemmGraph value) {
        return bytes(field, value.out.toByteArray());
    }

    private GemmGraph bytes(int field, byte[] value) {
        varint((long) field << 3 | BYTES);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
