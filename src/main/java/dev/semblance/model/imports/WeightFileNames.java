package dev.semblance.model.imports;

import dev.semblance.model.weights.WeightFiles;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Which files of a folder hold its weights. */
final class WeightFileNames {

    private WeightFileNames() {}

    static NavigableSet<String> of(SourceFiles files) {
        NavigableSet<String> names = new TreeSet<>();
        Optional<String> first = WeightFiles.NAMES.stream().filter(files::has).findFirst();
        first.ifPresent(names::add);
        first.filter(name -> name.endsWith(".index.json")).flatMap(files::json)
                .ifPresent(index -> index.path("weight_map").forEach(shard -> names.add(shard.asText())));
        return names;
    }
}
