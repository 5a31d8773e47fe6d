package dev.semblance.model.graph;

import dev.semblance.model.weights.Tensor;
import dev.semblance.model.weights.Weights;
import java.util.Map;
import java.util.SortedSet;

/** Counts how often each tensor is read. Thread: one owner. */
record CountedWeights(Weights weights, Map<String, Integer> reads) implements Weights {

    @Override
    public String source() {
        return weights.source();
    }

    @Override
    public SortedSet<String> names() {
        return weights.names();
    }

    @Override
    public Tensor tensor(String name) {
        Tensor tensor = weights.tensor(name);
        return new Tensor(source(), name, tensor.type(), tensor.shape(), () -> {
            reads.merge(name, 1, Integer::sum);
            return tensor.floats();
        });
    }

    @Override
    public void close() {
        weights.close();
    }
}
