package dev.semblance.model.imports;

import dev.semblance.model.ModelException;
import dev.semblance.model.graph.GraphVariant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A graph that an import writes, and what it must reach against the plain graph.
 *
 * @param floor null where it does not run on a CPU
 */
record Variant(GraphVariant graph, Floor floor) {

    /** @param maxDifference of any number of a unit vector */
    record Floor(double meanCosine, double minCosine, double maxDifference) {}

    /** In the order of the manifest. The first one is always written: verification of a bundle goes by it. */
    static final List<Variant> ALL = Arrays.stream(GraphVariant.values()).map(g -> new Variant(g, switch (g) {
        case CPU_FP32 -> new Floor(0.99999, 0.99999, 1e-5);
        case CPU_INT8 -> new Floor(0.99, 0.95, 1);
        case CUDA_FP16_PACKED -> null;
        case CUDA_FP16 -> new Floor(0.999, 0.999, 1);
    })).toList();

    String name() {
        return graph.id();
    }

    String file() {
        return name() + ".onnx";
    }

    /** @param names empty for all */
    static List<Variant> named(List<String> names) {
        if (names.isEmpty()) {
            return ALL;
        }
        List<String> unknown = new ArrayList<>(names);
        unknown.removeAll(ALL.stream().map(Variant::name).toList());
        String known = ALL.stream().map(Variant::name).collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw new ModelException(
                    "--variants: " + String.join(", ", unknown) + ": there is no such variant; known are "
                            + known);
        }
        if (!names.contains(ALL.getFirst().name())) {
            throw new ModelException("--variants: " + ALL.getFirst().name()
                    + " is missing: a bundle is verified by it; add it. Known are " + known);
        }
        return ALL.stream().filter(variant -> names.contains(variant.name())).toList();
    }
}
