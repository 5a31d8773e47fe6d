package dev.semblance.model.imports;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.semblance.model.ModelException;
import dev.semblance.model.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files of a source folder: bounded, checked for stand-ins, and remembered if they were used.
 *
 * <p>
 * Thread: one owner.
 */
final class SourceFiles {

    private static final int SMALL_MAX_BYTES = 4 << 20;
    private static final int LARGE_MAX_BYTES = 48 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Path folder;
    private final SortedSet<String> used = new TreeSet<>();

    SourceFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelException(folder + ": " + (Files.exists(folder) ? "is no folder" : "there is no such folder")
                    + "; give a folder with config.json, a tokenizer and weights, or OWNER/NAME of a repository");
        }
        this.folder = folder;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Names of what was read so far. */
    SortedSet<String> used() {
        return new TreeSet<>(used);
    }

    boolean has(String name) {
        return Files.exists(path(name));
    }

    byte[] require(String name) {
        if (!has(name)) {
            throw new ModelException(path(name) + ": is missing; a model's folder has config.json, tokenizer.json or"
                    + " vocab.txt, and model.safetensors or pytorch_model.bin");
        }
        Path file = path(name);
        try {
            long size = Files.isRegularFile(file) ? Files.size(file) : -1;
            int max = name.startsWith("tokenizer.") || name.startsWith("vocab.") ? LARGE_MAX_BYTES : SMALL_MAX_BYTES;
            if (size <= 0 || size > max) {
                throw new ModelException(file + ": " + (size < 0 ? "is no file" : "has " + size + " bytes")
                        + "; expected a file of 1 to " + max + " bytes");
            }
            StandIns.refuse(file);
            used.add(name);
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e + "; check its permissions", e);
        }
    }

    /** Empty where there is no such file; anything but a JSON object or array is refused. */
    Optional<JsonNode> json(String name) {
        return has(name) ? Optional.of(parse(name, require(name))) : Optional.empty();
    }

    JsonNode parse(String name, byte[] content) {
        try {
            JsonNode root = JSON.readTree(content);
            if (root != null && root.isContainerNode()) {
                return root;
            }
            throw new ModelException(path(name) + ": holds no JSON object; fetch it again");
        } catch (JsonProcessingException e) {
            throw new ModelException(path(name) + ": is no valid JSON: " + e.getOriginalMessage() + " at line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + "; fetch it again", e);
        } catch (IOException e) {
            throw new ModelException(path(name) + ": is no valid JSON: " + e + "; fetch it again", e);
        }
    }
}
