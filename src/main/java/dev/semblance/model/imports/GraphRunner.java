package dev.semblance.model.imports;

import java.nio.file.Path;
import java.util.List;

/** Runs a graph on the CPU. Thread: one owner. */
public interface GraphRunner {

    /**
     * Texts that run together.
     *
     * @param texts        token ids a text, special tokens included; at least one, none is empty
     * @param paddedLength tokens a row; no text is longer
     */
    record Batch(List<int[]> texts, int paddedLength) {

        public Batch {
            texts = List.copyOf(texts);
        }
    }

    /**
     * Opens a graph with a mask among its inputs (plain or fused) and runs batches one after the other, laid out as the
     * engine lays them out.
     *
     * @param padTokenId written into padded positions, which the mask hides
     * @return a batch at a time [texts × dimension], of the output
     *         {@link dev.semblance.model.graph.GraphSpec#EMBEDDING}
     */
    List<float[][]> run(Path graph, int padTokenId, List<Batch> batches);

    /**
     * Of a graph that a CPU has no code for: whether ONNX Runtime knows its operators, and they get what they take.
     *
     * @throws RuntimeException naming the graph, if not
     */
    void requireValid(Path graph);
}
