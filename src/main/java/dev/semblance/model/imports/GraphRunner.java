package dev.semblance.model.imports;

import java.nio.file.Path;
import java.util.List;

/** Runs a graph on the CPU. Thread: one owner. */
@FunctionalInterface
public interface GraphRunner {

    /**
     * Opens a graph with a mask among its inputs (plain or fused) and runs each text alone.
     *
     * @param tokenIds special tokens included; none is empty
     * @return a vector a text, of the output {@link dev.semblance.model.graph.GraphSpec#EMBEDDING}
     */
    float[][] run(Path graph, List<int[]> tokenIds);
}
