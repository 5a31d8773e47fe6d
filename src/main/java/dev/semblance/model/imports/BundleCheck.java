package dev.semblance.model.imports;

import com.fasterxml.jackson.databind.JsonNode;
import dev.semblance.config.Config;
import dev.semblance.model.FileHash;
import dev.semblance.model.ModelException;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.Manifest.Graph;
import dev.semblance.model.bundle.Manifest.Layout;
import dev.semblance.model.bundle.ModelBundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Holds an imported bundle to its manifest: every file's hash, and the vectors of the built-in texts. The plain graph is
 * gone by then; what it gave is known by the mean of its vectors, which the first variant must give again, and the others
 * are compared with that one.
 *
 * <p>
 * Thread: one owner.
 */
public final class BundleCheck {

    /** Two processors, or two releases of ONNX Runtime, round differently. */
    private static final double MEAN_TOLERANCE = 2e-5;

    private final GraphRunner runner;
    private final TokenIds.Opener tokenizers;

    public BundleCheck(GraphRunner runner, TokenIds.Opener tokenizers) {
        this.runner = runner;
        this.tokenizers = tokenizers;
    }

    /**
     * One thing that was checked.
     *
     * @param fault what is wrong, or null
     * @param note  what was measured; may be empty
     */
    public record Finding(String what, String fault, String note) {

        public boolean passed() {
            return fault == null;
        }
    }

    /**
     * @return in the order of checking
     * @throws ModelException if it is no bundle of {@code model import}, or cannot be opened
     */
    public List<Finding> check(Path folder) {
        ModelBundle bundle = ModelBundle.open(new Config.Model(folder, 0, false, "auto"));
        SourceFiles files = new SourceFiles(folder);
        JsonNode manifest = files.json(BundleFolder.MANIFEST).orElseThrow();
        if (!manifest.has("variants")) {
            throw new ModelException(
                    folder.resolve(BundleFolder.MANIFEST) + ": was not written by model import, so there"
                            + " is nothing to verify it by; it is checked whenever it is opened");
        }
        List<Finding> findings = new ArrayList<>();
        tokenizer(manifest, folder, findings);
        for (Graph graph : bundle.manifest().graphs()) {
            findings.add(hash(graph.file(), folder.resolve(graph.file()), graph.sha256()));
            Path data = folder.resolve(graph.dataFile());
            if (graph.dataSha256() != null || Files.exists(data)) {
                findings.add(hash(graph.dataFile(), data, graph.dataSha256()));
            }
        }
        if (findings.stream().allMatch(Finding::passed)) {
            vectors(bundle, folder, findings);
        }
        return findings;
    }

    private static void tokenizer(JsonNode manifest, Path folder, List<Finding> findings) {
        int before = findings.size();
        for (JsonNode source : manifest.path("source").path("files")) {
            JsonNode became = source.path("became");
            if (became.path("file").asText().equals(TokenizerFile.NAME)) {
                findings.add(hash(TokenizerFile.NAME, folder.resolve(TokenizerFile.NAME),
                        became.path("sha256").asText()));
            }
        }
        if (findings.size() == before) {
            findings.add(new Finding(TokenizerFile.NAME, "is not in the manifest (source.files, became); import the"
                    + " model again", ""));
        }
    }

    private static Finding hash(String name, Path file, String stated) {
        if (!Files.isRegularFile(file)) {
            return new Finding(name, "is missing", "");
        }
        if (stated == null || stated.isEmpty()) {
            return new Finding(name, "has no SHA-256 in the manifest; import the model again", "");
        }
        String found = FileHash.of(file).sha256();
        return new Finding(name, found.equals(stated)
                ? null
                : "has the SHA-256 " + found + ", but the manifest says " + stated, "unchanged");
    }

    private void vectors(ModelBundle bundle, Path folder, List<Finding> findings) {
        Manifest manifest = bundle.manifest();
        List<int[]> tokens = GraphVerifier.tokens(tokenizers, bundle.tokenizerJson(), manifest.maxTokens(),
                bundle.variant(Config.ExecutionProvider.CPU).vocabularySize());
        GraphVerifier verifier = new GraphVerifier(runner, tokens,
                new GraphVerifier.Shape(manifest.dimension(), manifest.padTokenId(), manifest.maxTokens()));
        float[][] first = null;
        for (Graph graph : manifest.graphs()) {
            if (graph.layout() == Layout.PACKED) {
                findings.add(packed(graph, folder.resolve(graph.file())));
                continue;
            }
            GraphVectors vectors = verifier.vectors(folder.resolve(graph.file()));
            findings.add(first == null
                    ? mean(graph, vectors.alone(), manifest.mean())
                    : agreement(graph, Agreement.between(first, vectors.alone())));
            findings.add(batches(graph, vectors));
            first = first == null ? vectors.alone() : first;
        }
    }

    private Finding packed(Graph graph, Path file) {
        String note = "its operators fit together; not run, for they are CUDA's";
        try {
            runner.requireValid(file);
            return new Finding(graph.name(), null, note);
        } catch (RuntimeException e) {
            return new Finding(graph.name(), e.getMessage(), note);
        }
    }

    /** A variant that this program does not know, of a later one, must be exact or say that it is not. */
    private static Finding batches(Graph graph, GraphVectors vectors) {
        Variant.Floor padding = Variant.named(graph.name()).map(Variant::padding).orElse(Variant.ANY);
        return new Finding(graph.name() + " in batches", vectors.faultInBatches(graph.deterministic(), padding),
                (graph.deterministic() ? "the same bytes as alone" : "as alone, but for rounding")
                        + "; padded: " + vectors.padding());
    }

    private static Finding mean(Graph graph, float[][] vectors, List<Float> stated) {
        if (stated.isEmpty()) {
            return new Finding(graph.name(), "cannot be compared: the manifest has no mean; import the model again",
                    "");
        }
        float[] mean = GraphVerifier.mean(vectors);
        double worst = 0;
        for (int d = 0; d < mean.length && d < stated.size(); d++) {
            worst = Math.max(worst, Math.abs((double) mean[d] - stated.get(d)));
        }
        String note = String.format(Locale.ROOT, "mean vector within %.1e of the manifest's", worst);
        return new Finding(graph.name(), worst <= MEAN_TOLERANCE
                ? null
                : note + String.format(Locale.ROOT, "; at most %.1e is expected", MEAN_TOLERANCE), note);
    }

    private static Finding agreement(Graph graph, Agreement agreement) {
        boolean reached = agreement.reaches(Variant.named(graph.name()).map(Variant::floor).orElse(Variant.ANY));
        return new Finding(graph.name(), reached ? null : agreement + ": below the floor", agreement.toString());
    }
}
