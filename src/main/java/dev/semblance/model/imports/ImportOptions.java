package dev.semblance.model.imports;

import dev.semblance.model.Pooling;
import java.util.List;

/**
 * What the user states. Whatever is null or 0 is taken from the source.
 *
 * @param id       the model's name in records, or null
 * @param pooling  or null
 * @param variants names of graphs to write; empty for all
 * @param force    replace a bundle that is there
 */
public record ImportOptions(String id, Pooling pooling, int maxTokens, List<String> variants, boolean force) {

    public ImportOptions {
        variants = List.copyOf(variants);
    }

    public static ImportOptions none() {
        return new ImportOptions(null, null, 0, List.of(), false);
    }
}
