package dev.semblance.model.imports;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a graph that reports ranges. This room never runs models itself: who starts it gives this in. */
@FunctionalInterface
public interface RangeRunner {

    /**
     * Runs each text alone, one after the other on one thread, so that the same machine gives the same values.
     *
     * @param graph    written by {@link dev.semblance.model.graph.GraphWriter#writeRanges}
     * @param tokenIds [texts][tokens], special tokens included, none longer than the model takes
     * @return by the name of the output, elementwise over all texts: the lowest of those that report lows, the highest of
     *             those that report highs
     */
    Map<String, float[]> ranges(Path graph, List<int[]> tokenIds);
}
