package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The fp32 weights of an ONNX file that PyTorch exported, under the names and in the shapes they had in PyTorch. The
 * exporter keeps most names, but turns the matrices of dense layers round and gives them numbers for names; which layer
 * such a matrix belongs to is seen from the bias that is added to its product.
 *
 * <p>
 * Thread: one owner.
 */
public final class OnnxInitialisers implements Weights {

    private final String source;
    private final SortedSet<String> names;
    private Map<String, Tensor> tensors;

    private OnnxInitialisers(String source, Map<String, Tensor> tensors) {
        this.source = source;
        this.tensors = tensors;
        this.names = Collections.unmodifiableSortedSet(new java.util.TreeSet<>(tensors.keySet()));
    }

    /**
     * @param onnx   read from position to limit; not to be changed while the weights are in use
     * @param source named in errors
     * @throws ModelException if the bytes are no ONNX model, or weights are kept in another file
     */
    public static OnnxInitialisers open(ByteBuffer onnx, String source) {
        try {
            OnnxGraphReader graph = OnnxGraphReader.read(onnx);
            return new OnnxInitialisers(source, named(graph, source));
        } catch (IllegalArgumentException e) {
            throw new ModelException(source + ": is no ONNX model: " + e.getMessage() + "; fetch or export it again",
                    e);
        }
    }

    private static Map<String, Tensor> named(OnnxGraphReader graph, String source) {
        Map<String, String> biasOfSummand = new HashMap<>();
        for (OnnxGraphReader.Node node : graph.nodes()) {
            if (node.operator().equals("Add") && node.inputs().size() == 2) {
                for (int i = 0; i < 2; i++) {
                    String bias = node.inputs().get(i);
                    if (bias.endsWith(".bias") && graph.initialisers().containsKey(bias)) {
                        biasOfSummand.put(node.inputs().get(1 - i), bias);
                    }
                }
            }
        }
        Map<String, String> layerOfMatrix = new HashMap<>();
        for (OnnxGraphReader.Node node : graph.nodes()) {
            if (node.operator().equals("MatMul") && node.inputs().size() == 2 && node.outputs().size() == 1) {
                String bias = biasOfSummand.get(node.outputs().getFirst());
                if (bias != null && graph.initialisers().containsKey(node.inputs().get(1))) {
                    layerOfMatrix.put(node.inputs().get(1), bias.substring(0, bias.length() - ".bias".length()));
                }
            }
        }
        Map<String, Tensor> tensors = new TreeMap<>();
        graph.initialisers().forEach((name, initialiser) -> {
            if (initialiser.isFloat()) {
                String layer = layerOfMatrix.get(name);
                Tensor tensor = layer == null
                        ? straight(source, name, initialiser)
                        : turned(source, layer + ".weight", initialiser);
                if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
                    throw new IllegalArgumentException("it has two weights that would be named " + tensor.name());
                }
            }
        });
        return tensors;
    }

    private static Tensor straight(String source, String name, OnnxGraphReader.Initialiser initialiser) {
        ByteBuffer data = data(source, name, initialiser);
        return new Tensor(source, name, ElementType.F32, lengths(initialiser), () -> {
            float[] values = new float[data.remaining() / Float.BYTES];
            data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        });
    }

    /** [in × out] → [out × in]. */
    private static Tensor turned(String source, String name, OnnxGraphReader.Initialiser initialiser) {
        ByteBuffer data = data(source, name, initialiser);
        int[] lengths = lengths(initialiser);
        if (lengths.length != 2) {
            throw new IllegalArgumentException("the matrix " + name + " has " + lengths.length + " axes");
        }
        int inputs = lengths[0];
        int outputs = lengths[1];
        return new Tensor(source, name, ElementType.F32, new int[]{outputs, inputs}, () -> {
            float[] row = new float[outputs];
            float[] values = new float[inputs * outputs];
            java.nio.FloatBuffer in = data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            for (int i = 0; i < inputs; i++) {
                in.get(row);
                for (int o = 0; o < outputs; o++) {
                    values[o * inputs + i] = row[o];
                }
            }
            return values;
        });
    }

    private static int[] lengths(OnnxGraphReader.Initialiser initialiser) {
        return initialiser.dims().stream().mapToInt(Math::toIntExact).toArray();
    }

    private static ByteBuffer data(String source, String name, OnnxGraphReader.Initialiser initialiser) {
        if (initialiser.raw() == null) {
            throw new ModelException(source + ": weight " + name
                    + " is not in the file as raw data; export the model again as one file");
        }
        List<Long> dims = initialiser.dims();
        long elements = 1;
        for (long dim : dims) {
            // Lengths may be anything: no product of theirs may wrap around to the right one.
            elements = dim < 0 || dim > Integer.MAX_VALUE ? -1 : Math.multiplyExact(elements, dim);
            if (elements < 0 || elements > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("weight " + name + " has the shape " + dims);
            }
        }
        if (elements * Float.BYTES != initialiser.raw().remaining()) {
            throw new IllegalArgumentException("weight " + name + " of shape " + dims + " has "
                    + initialiser.raw().remaining() + " bytes");
        }
        return initialiser.raw();
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public SortedSet<String> names() {
        return names;
    }

    @Override
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new ModelException(source + ": has no weight " + name + "; take another model");
        }
        return tensor;
    }

    @Override
    public void close() {
        tensors = Map.of();
    }
}
