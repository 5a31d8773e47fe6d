package dev.semblance.model.imports;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.model.FileHash;
import dev.semblance.model.ModelException;
import dev.semblance.model.graph.GraphVariant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** The manifest of an imported model. Written last: a folder without it is no model. */
final class ManifestWriter {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .defaultPrettyPrinter(new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n")).withArrayIndenter(null))
            .build();

    private ManifestWriter() {}

    /**
     * @param data      the weights beside the graph; null where it holds them itself
     * @param agreement or null where the graph was not run
     */
    record WrittenVariant(Variant variant, FileHash file, FileHash data, Agreement agreement) {

        /** Of the graph with its weights. */
        long sizeBytes() {
            return file.sizeBytes() + (data == null ? 0 : data.sizeBytes());
        }
    }

    /**
     * @param sourceFiles what was used, by name
     * @param tokenizer   of the bundle
     * @param mean        of the unit vectors of the built-in texts, by the plain graph
     */
    static void write(Path file, SourceModel model, ImportSource source, SortedMap<String, FileHash> sourceFiles,
            FileHash tokenizer, float[] mean, List<WrittenVariant> variants) {
        ObjectNode root = JSON.createObjectNode().put("id", model.id())
                .put("family", model.architecture().family().name().toLowerCase(Locale.ROOT))
                .put("dimension", model.architecture().hidden()).put("pooling", model.pooling().id())
                .put("normalised", true).put("max_tokens", model.maxTokens()).put("preprocessing", "none")
                .put("pad_token_id", model.architecture().padTokenId());
        source(root.putObject("source"), model, source, sourceFiles, tokenizer);
        ArrayNode list = root.putArray("variants");
        variants.forEach(variant -> variant(list.addObject(), variant));
        ArrayNode numbers = root.putArray("mean");
        for (float number : mean) {
            numbers.add(number);
        }
        try {
            Files.write(file, (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be written: " + e + "; check permissions and free space", e);
        }
    }

    private static void source(ObjectNode node, SourceModel model, ImportSource source,
            SortedMap<String, FileHash> files, FileHash tokenizer) {
        if (source.repository() == null) {
            node.put("folder", source.folder().toAbsolutePath().normalize().toString());
        } else {
            node.put("repository", source.repository()).put("revision", source.revision());
        }
        ObjectNode all = node.putObject("files");
        files.forEach((name, hash) -> {
            ObjectNode entry = all.putObject(name).put("sha256", hash.sha256()).put("size_bytes", hash.sizeBytes());
            if (name.equals(model.tokenizer().origin())) {
                entry.putObject("became").put("file", TokenizerFile.NAME).put("sha256", tokenizer.sha256());
            }
        });
    }

    private static void variant(ObjectNode node, WrittenVariant written) {
        GraphVariant graph = written.variant().graph();
        node.put("name", graph.id()).put("file", written.variant().file()).put("precision", graph.precision().id())
                .put("style", graph.style().name().toLowerCase(Locale.ROOT))
                .put("deterministic", graph.deterministic()).put("sha256", written.file().sha256());
        if (written.data() != null) {
            node.put("data_sha256", written.data().sha256());
        }
        if (written.agreement() != null) {
            node.putObject("cosine").put("mean", written.agreement().meanCosine())
                    .put("min", written.agreement().minCosine());
        }
    }
}
