package dev.semblance.model.graph;

import ai.onnx.proto.OnnxMl;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/**
 * Runs graphs of the packed style in double precision: each operator as its documentation defines it, the slow way. Where
 * ONNX Runtime has kernels for CUDA only, this is what tells whether the graph means what it should.
 */
// Operators: https://onnx.ai/onnx/operators and docs/ContribOperators.md of ONNX Runtime.
final class GraphInterpreter {

    private final OnnxMl.GraphProto graph;

    GraphInterpreter(byte[] onnx) {
        try {
            graph = OnnxMl.ModelProto.parseFrom(onnx).getGraph();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError("the graph is no ONNX", e);
        }
    }

    /** Values with their shape, row-major. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Array(int[] shape, double[] values) {

        Array {
            assert Arrays.stream(shape).reduce(1, (a, b) -> a * b) == values.length;
        }

        int rank() {
            return shape.length;
        }

        int axis(int i) {
            return shape[i < 0 ? shape.length + i : i];
        }

        static Array of(int... values) {
            return new Array(new int[]{values.length}, Arrays.stream(values).asDoubleStream().toArray());
        }
    }

    Map<String, Array> run(Map<String, Array> inputs) {
        Map<String, Array> known = new HashMap<>(inputs);
        for (OnnxMl.TensorProto initialiser : graph.getInitializerList()) {
            known.put(initialiser.getName(), array(initialiser));
        }
        for (OnnxMl.NodeProto node : graph.getNodeList()) {
            List<Array> in = new ArrayList<>();
            for (String name : node.getInputList()) {
                if (!known.containsKey(name)) {
                    throw new AssertionError(node.getName() + " reads " + name + ", which nothing before it gives");
                }
                in.add(known.get(name));
            }
            known.put(node.getOutput(0), apply(node, in));
        }
        return known;
    }

    private static Array array(OnnxMl.TensorProto tensor) {
        int[] shape = tensor.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.getDataType()) {
                case OnnxMl.TensorProto.DataType.FLOAT_VALUE -> raw.getFloat();
                case OnnxMl.TensorProto.DataType.FLOAT16_VALUE -> Float.float16ToFloat(raw.getShort());
                case OnnxMl.TensorProto.DataType.INT64_VALUE -> raw.getLong();
                default -> throw new AssertionError(tensor.getName() + " has type " + tensor.getDataType());
            };
        }
        return new Array(shape, values);
    }

    private static Array apply(OnnxMl.NodeProto node, List<Array> in) {
        return switch (node.getOpType()) {
            case "Cast", "Identity" -> in.getFirst();
            case "Gather" -> gather(in.get(0), in.get(1));
            case "Slice" -> slice(in);
            case "Shape" -> shape(node, in.getFirst());
            case "Range" -> range(in);
            case "Squeeze" -> squeeze(in);
            case "Unsqueeze" -> unsqueeze(in.get(0), in.get(1));
            case "Transpose" -> swapLast(node, in.getFirst());
            case "Sub" -> each(in, (a, b) -> a - b);
            case "Div" -> each(in, (a, b) -> a / b);
            case "Max" -> each(in, Math::max);
            case "Less" -> each(in, (a, b) -> a < b ? 1 : 0);
            case "Sqrt" -> each(List.of(in.getFirst(), in.getFirst()), (a, b) -> Math.sqrt(a));
            case "MatMul" -> product(in.get(0), in.get(1));
            case "BiasGelu" -> each(in, (a, b) -> Vectors.gelu(a + b));
            case "FastGelu" -> each(in, (a, b) -> Vectors.geluByTanh(a + b));
            case "SkipLayerNormalization" -> skipNorm(node, in);
            case "PackedMultiHeadAttention" -> attention(node, in);
            case "RestorePadding" -> restorePadding(in.get(0), in.get(1));
            default -> throw new AssertionError("no definition of " + node.getOpType());
        };
    }

    private static OnnxMl.AttributeProto attribute(OnnxMl.NodeProto node, String name) {
        return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError(node.getName() + " has no attribute " + name));
    }

    private static Array gather(Array table, Array indices) {
        int width = table.values.length / table.shape[0];
        double[] out = new double[indices.values.length * width];
        for (int i = 0; i < indices.values.length; i++) {
            System.arraycopy(table.values, ((int) indices.values[i]) * width, out, i * width, width);
        }
        int[] shape = Arrays.copyOf(indices.shape, indices.rank() + table.rank() - 1);
        System.arraycopy(table.shape, 1, shape, indices.rank(), table.rank() - 1);
        return new Array(shape, out);
    }

    /** Of one axis. */
    private static Array slice(List<Array> in) {
        Array data = in.getFirst();
        assert data.rank() == 1 && in.get(3).values[0] == 0;
        int length = data.shape[0];
        int[] ends = new int[2];
        for (int i = 0; i < 2; i++) {
            double end = in.get(1 + i).values[0];
            ends[i] = (int) Math.clamp(end < 0 ? end + length : end, 0, length);
        }
        double[] out = Arrays.copyOfRange(data.values, ends[0], ends[1]);
        return new Array(new int[]{out.length}, out);
    }

    private static Array shape(OnnxMl.NodeProto node, Array data) {
        return Array.of(Arrays.copyOfRange(data.shape, (int) attribute(node, "start").getI(),
                (int) attribute(node, "end").getI()));
    }

    private static Array range(List<Array> in) {
        int count = (int) ((in.get(1).values[0] - in.get(0).values[0]) / in.get(2).values[0]);
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            out[i] = in.get(0).values[0] + i * in.get(2).values[0];
        }
        return new Array(new int[]{count}, out);
    }

    private static Array squeeze(List<Array> in) {
        Array data = in.getFirst();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < data.rank(); i++) {
            boolean dropped = in.size() == 1 ? data.shape[i] == 1 : in.get(1).values[0] == i;
            assert !dropped || data.shape[i] == 1;
            if (!dropped) {
                kept.add(data.shape[i]);
            }
        }
        return new Array(kept.stream().mapToInt(Integer::intValue).toArray(), data.values);
    }

    private static Array unsqueeze(Array data, Array axes) {
        List<Integer> shape = new ArrayList<>();
        Arrays.stream(data.shape).forEach(shape::add);
        for (double axis : axes.values) {
            shape.add((int) axis, 1);
        }
        return new Array(shape.stream().mapToInt(Integer::intValue).toArray(), data.values);
    }

    private static Array swapLast(OnnxMl.NodeProto node, Array data) {
        assert attribute(node, "perm").getIntsList().equals(List.of(0L, 2L, 1L));
        int rows = data.axis(-2);
        int columns = data.axis(-1);
        double[] out = new double[data.values.length];
        for (int m = 0; m < out.length; m += rows * columns) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    out[m + c * rows + r] = data.values[m + r * columns + c];
                }
            }
        }
        return new Array(new int[]{data.shape[0], columns, rows}, out);
    }

    /** With broadcasting. */
    private static Array each(List<Array> in, DoubleBinaryOperator operator) {
        Array a = in.get(0);
        Array b = in.get(1);
        int rank = Math.max(a.rank(), b.rank());
        int[] shape = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int left = i <= a.rank() ? a.axis(-i) : 1;
            int right = i <= b.rank() ? b.axis(-i) : 1;
            assert left == right || left == 1 || right == 1;
            shape[rank - i] = Math.max(left, right);
        }
        double[] out = new double[Arrays.stream(shape).reduce(1, (x, y) -> x * y)];
        for (int i = 0; i < out.length; i++) {
            out[i] = operator.applyAsDouble(at(a, shape, i), at(b, shape, i));
        }
        return new Array(shape, out);
    }

    private static double at(Array data, int[] shape, int index) {
        int offset = 0;
        int stride = 1;
        int rest = index;
        for (int i = 1; i <= shape.length; i++) {
            int position = rest % shape[shape.length - i];
            rest /= shape[shape.length - i];
            if (i <= data.rank()) {
                offset += data.axis(-i) == 1 ? 0 : position * stride;
                stride *= data.axis(-i);
            }
        }
        return data.values[offset];
    }

    /** Matrices, or stacks of them: the right side may be one matrix for all. */
    private static Array product(Array a, Array b) {
        int rows = a.axis(-2);
        int inner = a.axis(-1);
        int columns = b.axis(-1);
        assert b.axis(-2) == inner && (b.rank() == 2 || b.shape[0] == a.shape[0]);
        int stack = a.values.length / (rows * inner);
        double[] out = new double[stack * rows * columns];
        for (int s = 0; s < stack; s++) {
            int right = b.rank() == 2 ? 0 : s * inner * columns;
            for (int r = 0; r < rows; r++) {
                for (int k = 0; k < inner; k++) {
                    double factor = a.values[(s * rows + r) * inner + k];
                    for (int c = 0; c < columns; c++) {
                        out[(s * rows + r) * columns + c] += factor * b.values[right + k * columns + c];
                    }
                }
            }
        }
        int[] shape = a.shape.clone();
        shape[shape.length - 1] = columns;
        return new Array(shape, out);
    }

    private static Array skipNorm(OnnxMl.NodeProto node, List<Array> in) {
        double epsilon = attribute(node, "epsilon").getF();
        Array sum = each(in.subList(0, 2), Double::sum);
        if (in.size() == 5) {
            sum = each(List.of(sum, in.get(4)), Double::sum);
        }
        int width = sum.axis(-1);
        double[] out = new double[sum.values.length];
        for (int row = 0; row < out.length; row += width) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < width; i++) {
                mean += sum.values[row + i] / width;
            }
            for (int i = 0; i < width; i++) {
                variance += (sum.values[row + i] - mean) * (sum.values[row + i] - mean) / width;
            }
            for (int i = 0; i < width; i++) {
                out[row + i] = (sum.values[row + i] - mean) / Math.sqrt(variance + epsilon) * in.get(2).values[i]
                        + in.get(3).values[i];
            }
        }
        return new Array(sum.shape, out);
    }

    /** Query, key, value [tokens × hidden], bias [3 × hidden], token_offset [rows × longest], cumulative lengths. */
    private static Array attention(OnnxMl.NodeProto node, List<Array> in) {
        int heads = (int) attribute(node, "num_heads").getI();
        int tokens = in.get(0).shape[0];
        int hidden = in.get(0).shape[1];
        int width = hidden / heads;
        double[][] biased = new double[3][];
        for (int part = 0; part < 3; part++) {
            Array bias = new Array(new int[]{hidden},
                    Arrays.copyOfRange(in.get(3).values, part * hidden, (part + 1) * hidden));
            biased[part] = each(List.of(in.get(part), bias), Double::sum).values;
        }
        double[] cumulative = in.get(5).values;
        assert in.get(4).shape[0] == cumulative.length - 1 && cumulative[cumulative.length - 1] == tokens;
        double[] out = new double[tokens * hidden];
        for (int row = 0; row < cumulative.length - 1; row++) {
            for (int at = 0; at < hidden; at += width) {
                attend(biased, (int) cumulative[row], (int) cumulative[row + 1], at, width, hidden, out);
            }
        }
        return new Array(in.get(0).shape, out);
    }

    private static void attend(double[][] parts, int first, int end, int at, int width, int hidden, double[] out) {
        for (int i = first; i < end; i++) {
            double[] share = new double[end - first];
            double total = 0;
            for (int j = first; j < end; j++) {
                double dot = 0;
                for (int d = at; d < at + width; d++) {
                    dot += parts[0][i * hidden + d] * parts[1][j * hidden + d];
                }
                share[j - first] = Math.exp(dot / Math.sqrt(width));
                total += share[j - first];
            }
            for (int j = first; j < end; j++) {
                for (int d = at; d < at + width; d++) {
                    out[i * hidden + d] += share[j - first] / total * parts[2][j * hidden + d];
                }
            }
        }
    }

    /** Token t goes to place token_offset[t] of the padded rows; the places of padding are zero. */
    private static Array restorePadding(Array tokens, Array offset) {
        int hidden = tokens.shape[1];
        double[] out = new double[offset.values.length * hidden];
        for (int t = 0; t < tokens.shape[0]; t++) {
            System.arraycopy(tokens.values, t * hidden, out, ((int) offset.values[t]) * hidden, hidden);
        }
        return new Array(new int[]{offset.shape[0], offset.shape[1], hidden}, out);
    }
}
