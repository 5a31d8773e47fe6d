package dev.semblance.model.imports;

import dev.semblance.model.ModelException;
import dev.semblance.model.graph.GraphVariant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A graph that an import writes, and what it must reach.
 *
 * @param floor   against the plain graph; null where it does not run on a CPU
 * @param padding of padded texts against the same graph's unpadded ones; null as floor
 */
record Variant(GraphVariant graph, Floor floor, Floor padding) {

    /** @param maxDifference of any number of a unit vector */
    record Floor(double meanCosine, double minCosine, double maxDifference) {}

    /** Nothing is asked for. */
    static final Floor ANY = new Floor(-1, -1, 2);

    /** In the order of the manifest. The first one is always written: verification of a bundle goes by it. */
    static final List<Variant> ALL = Arrays.stream(GraphVariant.values()).map(g -> switch (g) {
        case CPU_FP32 -> new Variant(g, new Floor(0.99999, 0.99999, 1e-5), new Floor(0.99999, 0.99999, 1e-5));
        case CPU_INT8 -> new Variant(g, new Floor(0.99, 0.95, 1), new Floor(0.999, 0.99, 1));
        case CUDA_FP16_PACKED -> new Variant(g, null, null);
        case CUDA_FP16 -> new Variant(g, new Floor(0.999, 0.999, 1), new Floor(0.999, 0.999, 1));
    }).toList();

    static Optional<Variant> named(String name) {
        return ALL.stream().filter(variant -> variant.name().equals(name)).findFirst();
    }

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
