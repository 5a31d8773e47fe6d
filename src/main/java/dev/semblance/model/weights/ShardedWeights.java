package dev.semblance.model.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.semblance.model.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Weights in several files: an index says which file holds which tensor, and must be right about every one. */
final class ShardedWeights {

    private static final long MAX_INDEX_BYTES = 16 << 20;
    private static final int MAX_SHARDS = 1_000;
    private static final String WEIGHT_MAP = "weight_map";

    private final Path index;
    private final String extension;
    private final SortedMap<String, String> shardOf = new TreeMap<>();

    private ShardedWeights(Path index, String extension) {
        this.index = index;
        this.extension = extension;
    }

    /** @param extension of the shards, with its dot */
    static Weights open(Path index, String extension, WeightFiles.Reader reader) {
        ShardedWeights shards = new ShardedWeights(index, extension);
        try (MappedFile file = MappedFile.open(index)) {
            if (file.bytes().byteSize() > MAX_INDEX_BYTES) {
                throw shards.fault("has " + file.bytes().byteSize() + " bytes, more than the " + MAX_INDEX_BYTES
                        + " it may have");
            }
            shards.readIndex(file.bytes().toArray(Elements.BYTE));
        }
        return shards.open(reader);
    }

    private Weights open(WeightFiles.Reader reader) {
        TreeSet<String> names = new TreeSet<>(shardOf.values());
        if (names.size() > MAX_SHARDS) {
            throw fault("names " + names.size() + " files, more than the " + MAX_SHARDS + " it may");
        }
        List<MappedFile> files = new ArrayList<>();
        try {
            SortedMap<String, Tensor> tensors = new TreeMap<>();
            for (String name : names) {
                Path shard = index.resolveSibling(name);
                MappedFile file = MappedFile.open(shard);
                files.add(file);
                take(name, reader.read(shard.toString(), file.bytes()), tensors);
            }
            for (Map.Entry<String, String> e : shardOf.entrySet()) {
                if (!tensors.containsKey(e.getKey())) {
                    throw fault("says that " + e.getValue() + " holds the tensor " + Shown.name(e.getKey())
                            + ", but it does not");
                }
            }
            return new FileWeights(index.toString(), tensors, files);
        } catch (RuntimeException | Error e) {
            files.forEach(MappedFile::close);
            throw e;
        }
    }

    private void take(String shard, SortedMap<String, Tensor> found, SortedMap<String, Tensor> tensors) {
        found.forEach((name, tensor) -> {
            String said = shardOf.get(name);
            if (tensors.putIfAbsent(name, tensor) != null) {
                throw fault("names several files that hold the tensor " + Shown.name(name) + ", " + shard
                        + " among them");
            }
            if (!shard.equals(said)) {
                throw fault("says that the tensor " + Shown.name(name) + " is "
                        + (said == null ? "nowhere" : "in " + said) + ", but " + shard + " holds it");
            }
        });
    }

    private void readIndex(byte[] bytes) {
        try (JsonParser json = StrictJson.parser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw fault("is no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals(WEIGHT_MAP)) {
                    readMap(json);
                } else {
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw fault("goes on after its JSON object");
            }
        } catch (IOException e) {
            throw new ModelException(message("is no valid JSON: " + StrictJson.reason(e)), e);
        }
        if (shardOf.isEmpty()) {
            throw fault("has no " + WEIGHT_MAP + ", or an empty one");
        }
    }

    private void readMap(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw fault("has a " + WEIGHT_MAP + " that is no JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String tensor = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw fault("names no file for the tensor " + Shown.name(tensor));
            }
            if (shardOf.size() == Elements.MAX_TENSORS) {
                throw fault("names more than " + Elements.MAX_TENSORS + " tensors");
            }
            shardOf.put(tensor, shardName(json.getText()));
        }
    }

    /** Plain names only: an index must not reach outside its folder. */
    private String shardName(String name) {
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}") || !name.endsWith(extension)) {
            throw fault("names the file '" + Shown.name(name) + "'; expected a name ending in " + extension
                    + ", of letters, digits, '.', '_' and '-', in the same folder");
        }
        return name;
    }

    private ModelException fault(String what) {
        return new ModelException(message(what));
    }

    private String message(String what) {
        return index + ": " + what + "; fetch the model again, with all its files";
    }
}
