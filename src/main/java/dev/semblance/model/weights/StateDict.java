package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import dev.semblance.model.weights.PickleValue.Dict;
import dev.semblance.model.weights.PickleValue.Text;
import dev.semblance.model.weights.PickleValue.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the tensors by name in what a file of PyTorch holds: the root dict, or one under a customary key. */
final class StateDict {

    private static final List<String> CUSTOMARY_KEYS = List.of("state_dict", "model");

    private StateDict() {}

    static SortedMap<String, Tensor> tensors(TorchObjects objects, PickleValue root) {
        if (!(root instanceof Dict dict)) {
            throw new ModelException(objects.source() + ": holds no dict of tensors but a "
                    + root.getClass().getSimpleName() + "; save model.state_dict()");
        }
        Map<String, Dict> found = new LinkedHashMap<>();
        if (hasTensors(dict)) {
            found.put("its top", dict);
        }
        for (String key : CUSTOMARY_KEYS) {
            if (dict.items.get(new Text(key)) instanceof Dict inner && hasTensors(inner)) {
                found.put("'" + key + "'", inner);
            }
        }
        if (found.size() != 1) {
            throw new ModelException(objects.source() + ": holds " + (found.isEmpty()
                    ? "no tensors at its top or under one of " + CUSTOMARY_KEYS
                    : "tensors in several places, at " + String.join(" and ", found.keySet()))
                    + "; save model.state_dict() alone");
        }
        return named(objects, found.values().iterator().next());
    }

    private static boolean hasTensors(Dict dict) {
        return dict.items.values().stream().anyMatch(View.class::isInstance);
    }

    private static SortedMap<String, Tensor> named(TorchObjects objects, Dict dict) {
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        dict.items.forEach((key, value) -> {
            if (value instanceof View view) {
                if (!(key instanceof Text(String name))) {
                    throw objects.fault("has a tensor whose name is no text");
                }
                tensors.put(name, tensor(objects.source(), name, view));
            }
        });
        return tensors;
    }

    private static Tensor tensor(String source, String name, View view) {
        Storage storage = view.storage;
        return new Tensor(source, name, storage.type(), view.shape, () -> Elements.read(source, storage.type(),
                storage.bytes(), view.shape, view.strides, view.offset));
    }
}
