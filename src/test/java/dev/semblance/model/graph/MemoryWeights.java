package dev.semblance.model.graph;

import dev.semblance.model.ModelException;
import dev.semblance.model.weights.ElementType;
import dev.semblance.model.weights.Tensor;
import dev.semblance.model.weights.Weights;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Weights to be tampered with. Thread: one owner. */
final class MemoryWeights implements Weights {

    private final SortedMap<String, Tensor> tensors = new TreeMap<>();

    static MemoryWeights copyOf(Weights other) {
        MemoryWeights copy = new MemoryWeights();
        other.names().forEach(n -> copy.tensors.put(n, other.tensor(n)));
        return copy;
    }

    MemoryWeights without(String name) {
        if (tensors.remove(name) == null) {
            throw new AssertionError("there is no " + name);
        }
        return this;
    }

    MemoryWeights with(String name, float[] values, int... shape) {
        tensors.put(name, new Tensor(source(), name, ElementType.F32, shape, values::clone));
        return this;
    }

    MemoryWeights renamed(String from, String to) {
        Tensor tensor = tensors.remove(from);
        tensors.put(to, new Tensor(source(), to, tensor.type(), tensor.shape(), tensor::floats));
        return this;
    }

    @Override
    public String source() {
        return "memory";
    }

    @Override
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new java.util.TreeSet<>(tensors.keySet()));
    }

    @Override
    public Tensor tensor(String name) {
        if (!tensors.containsKey(name)) {
            throw new ModelException("memory: has no tensor " + name);
        }
        return tensors.get(name);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
