package dev.semblance.model.imports;

import dev.semblance.model.Pooling;
import java.nio.file.Path;
import java.util.List;

/** What an import has written. */
public record ImportResult(Path folder, String id, int dimension, Pooling pooling, int maxTokens,
        List<Graph> graphs) {

    /** @param agreement with the plain graph, or null where the graph does not run on a CPU */
    public record Graph(String name, String file, long sizeBytes, Agreement agreement) {}

    public ImportResult {
        graphs = List.copyOf(graphs);
    }
}
