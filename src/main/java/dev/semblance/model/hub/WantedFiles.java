package dev.semblance.model.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which of a repository's files make an encoder. The rest, often gigabytes in other formats, stays where it is. */
final class WantedFiles {

    private static final Set<String> SMALL = Set.of("config.json", "tokenizer.json", "vocab.txt",
            "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "modules.json",
            "sentence_bert_config.json", "config_sentence_transformers.json");
    private static final Pattern POOLING = Pattern.compile("[0-9]+_Pooling/config\\.json");

    /** In the order of preference; safetensors cannot carry code. */
    static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json");
    private static final String INDEX = ".index.json";
    private static final int INDEX_MAX_BYTES = 16 << 20;
    private static final int SMALL_MAX_BYTES = 4 << 20;
    private static final int TOKENIZER_MAX_BYTES = 48 << 20;
    /** 1 PiB: far beyond any encoder, and sums of it stay within a long. */
    private static final long WEIGHTS_MAX_BYTES = 1L << 50;

    private WantedFiles() {}

    /** More than a file of that name has in any model, so that a hostile hub cannot fill the disk with it. */
    static long maxBytes(String path) {
        if (path.endsWith(INDEX)) {
            return INDEX_MAX_BYTES;
        }
        if (path.startsWith("tokenizer.") || path.startsWith("vocab.")) {
            return TOKENIZER_MAX_BYTES;
        }
        return path.endsWith(".json") ? SMALL_MAX_BYTES : WEIGHTS_MAX_BYTES;
    }

    /** Everything but shards. */
    static List<RemoteFile> first(RepositoryName repository, Listing listing) {
        if (!listing.files().containsKey("config.json")) {
            throw new HubException(repository + ": has no config.json, so it is no model of the transformers library");
        }
        List<RemoteFile> wanted = new ArrayList<>();
        for (RemoteFile file : listing.files().values()) {
            if (SMALL.contains(file.path()) || POOLING.matcher(file.path()).matches()) {
                wanted.add(file);
            }
        }
        wanted.add(weights(listing).orElseThrow(() -> new HubException(repository + ": has none of "
                + String.join(", ", WEIGHTS) + " at " + listing.commit()
                + "; take another revision, or a repository with weights in safetensors")));
        return wanted;
    }

    private static Optional<RemoteFile> weights(Listing listing) {
        Map<String, RemoteFile> files = listing.files();
        return WEIGHTS.stream().filter(files::containsKey).findFirst().map(files::get);
    }

    /** The shards that an index names; empty where the weights are one file. */
    static List<RemoteFile> shards(Listing listing, Path folder) {
        Optional<RemoteFile> weights = weights(listing).filter(file -> file.path().endsWith(INDEX));
        if (weights.isEmpty()) {
            return List.of();
        }
        Path index = folder.resolve(weights.get().path());
        List<RemoteFile> shards = new ArrayList<>();
        for (String name : names(index)) {
            shards.add(listing.require(name, index.toString()));
        }
        return shards;
    }

    private static SortedSet<String> names(Path index) {
        try {
            if (Files.size(index) > INDEX_MAX_BYTES) {
                throw new HubException(index + ": has more than the " + INDEX_MAX_BYTES + " bytes an index may have");
            }
            JsonNode map = new ObjectMapper().readTree(Files.readAllBytes(index)).path("weight_map");
            SortedSet<String> names = new TreeSet<>();
            map.forEach(name -> names.add(name.asText()));
            if (names.isEmpty()) {
                throw new HubException(index + ": weight_map is missing or empty; take another revision");
            }
            return names;
        } catch (IOException e) {
            throw new HubException(index + ": cannot be read as JSON; delete it and try again", e);
        }
    }
}
