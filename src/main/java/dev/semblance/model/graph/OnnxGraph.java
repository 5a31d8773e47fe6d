package dev.semblance.model.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A graph as it is built up: nodes in the order they run, weights that are read only when it is written.
 *
 * <p>
 * Thread: one owner.
 */
// Field numbers: NodeProto, ValueInfoProto and TypeProto of onnx/onnx.proto.
final class OnnxGraph {

    private static final String MICROSOFT = "com.microsoft";
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_NAME = 3;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int NODE_DOMAIN = 7;

    private final OnnxType weightType;
    private final List<ProtobufWriter> nodes = new ArrayList<>();
    private final List<ProtobufWriter> inputs = new ArrayList<>();
    private final List<ProtobufWriter> outputs = new ArrayList<>();
    private final Map<String, Initialiser> initialisers = new LinkedHashMap<>();

    /** A constant tensor: a weight, or a shape that an operator asks for. */
    record Initialiser(String name, OnnxType type, List<Long> dims, Elements elements) {

        long sizeBytes() {
            return dims.stream().reduce((long) type.sizeBytes(), Math::multiplyExact);
        }
    }

    /** @param weightType FLOAT or FLOAT16: what {@link #weight} stores and the multiplications run in */
    OnnxGraph(OnnxType weightType) {
        this.weightType = weightType;
    }

    OnnxType weightType() {
        return weightType;
    }

    /** @param dims a number for a fixed length, a word for a free one */
    void input(String name, OnnxType type, String... dims) {
        inputs.add(valueInfo(name, type, dims));
    }

    /** @param dims as of {@link #input} */
    void output(String name, OnnxType type, String... dims) {
        outputs.add(valueInfo(name, type, dims));
    }

    private static ProtobufWriter valueInfo(String name, OnnxType type, String... dims) {
        ProtobufWriter shape = new ProtobufWriter();
        for (String dim : dims) {
            ProtobufWriter dimension = new ProtobufWriter();
            shape.message(1, Character.isDigit(dim.charAt(0))
                    ? dimension.integer(1, Long.parseLong(dim))
                    : dimension.text(2, dim));
        }
        ProtobufWriter tensor = new ProtobufWriter().integer(1, type.code()).message(2, shape);
        return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
    }

    /** A node of the standard operators; its output's name, made up from its own. */
    String op(String operator, List<String> in, Attribute... attributes) {
        return op("", operator, in, attributes);
    }

    /** A node of ONNX Runtime's own operators. */
    String microsoft(String operator, List<String> in, Attribute... attributes) {
        return op(MICROSOFT, operator, in, attributes);
    }

    private String op(String domain, String operator, List<String> in, Attribute... attributes) {
        String name = newName(operator);
        node(domain, operator, name, in, List.of(name), attributes);
        return name;
    }

    /** A standard node whose output has a given name. */
    String named(String output, String operator, List<String> in, Attribute... attributes) {
        node("", operator, newName(operator), in, List.of(output), attributes);
        return output;
    }

    /** A node of ONNX Runtime's own operators with several outputs. */
    List<String> microsofts(String operator, int outputCount, List<String> in, Attribute... attributes) {
        String name = newName(operator);
        List<String> out = new ArrayList<>();
        for (int i = 0; i < outputCount; i++) {
            out.add(name + "_" + i);
        }
        node(MICROSOFT, operator, name, in, out, attributes);
        return out;
    }

    private String newName(String operator) {
        return operator + "_" + nodes.size();
    }

    private void node(String domain, String operator, String name, List<String> in, List<String> out,
            Attribute... attributes) {
        ProtobufWriter node = new ProtobufWriter();
        in.forEach(i -> node.text(NODE_INPUT, i));
        out.forEach(o -> node.text(NODE_OUTPUT, o));
        node.text(NODE_NAME, name).text(NODE_OPERATOR, operator);
        for (Attribute attribute : attributes) {
            node.message(NODE_ATTRIBUTE, attribute.message());
        }
        if (!domain.isEmpty()) {
            node.text(NODE_DOMAIN, domain);
        }
        nodes.add(node);
    }

    /** A weight in the graph's own type; its name. */
    String weight(String name, Supplier<float[]> values, long... dims) {
        Elements elements = weightType == OnnxType.FLOAT
                ? sink -> sink.floats(values.get())
                : sink -> sink.halves(name, values.get());
        return initialiser(name, weightType, elements, dims);
    }

    /** @throws IllegalStateException if there is one of that name: a name is one weight */
    String initialiser(String name, OnnxType type, Elements elements, long... dims) {
        Initialiser initialiser = new Initialiser(name, type, Arrays.stream(dims).boxed().toList(), elements);
        if (initialisers.putIfAbsent(name, initialiser) != null) {
            throw new IllegalStateException("two initialisers are named " + name);
        }
        return name;
    }

    /** A scalar in the graph's own type; equal ones are one initialiser. */
    String scalar(float value) {
        String name = "scalar_" + weightType.name().toLowerCase(java.util.Locale.ROOT) + "_" + value;
        return initialisers.containsKey(name) ? name : weight(name, () -> new float[]{value});
    }

    /** A scalar in fp32 whatever the weights are. */
    String float32(float value) {
        String name = "scalar_float_" + value;
        return initialisers.containsKey(name)
                ? name
                : initialiser(name, OnnxType.FLOAT, sink -> sink.floats(value));
    }

    /** An int64 scalar; equal ones are one initialiser. */
    String int64(long value) {
        String name = "scalar_int64_" + value;
        return initialisers.containsKey(name)
                ? name
                : initialiser(name, OnnxType.INT64, sink -> sink.int64s(value));
    }

    /** A row of int64, as shapes and axes are given; equal ones are one initialiser. */
    String int64s(long... values) {
        String name = "int64" + Arrays.toString(values).replaceAll("[\\[ ]+|]|,", "_").replaceAll("_+", "_");
        return initialisers.containsKey(name)
                ? name
                : initialiser(name, OnnxType.INT64, sink -> sink.int64s(values), values.length);
    }

    List<ProtobufWriter> nodes() {
        return nodes;
    }

    List<ProtobufWriter> inputs() {
        return inputs;
    }

    List<ProtobufWriter> outputs() {
        return outputs;
    }

    List<Initialiser> initialisers() {
        return List.copyOf(initialisers.values());
    }
}
