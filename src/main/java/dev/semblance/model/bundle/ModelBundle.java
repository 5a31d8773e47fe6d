package dev.semblance.model.bundle;

import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.config.Config;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.Manifest.Graph;
import dev.semblance.model.bundle.Manifest.Layout;
import dev.semblance.record.ModelIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A model: its manifest, its tokenizer, and its graphs, of which a device loads one.
 *
 * <p>
 * Thread: safe.
 */
public final class ModelBundle {

    /** The value of {@code model.variant} that leaves the choice to the device. */
    private static final String AUTO = "auto";

    private final ModelFiles files;
    private final Config.Model config;
    private final Manifest stated;
    private final Manifest manifest;
    private final byte[] tokenizerJson;

    private ModelBundle(ModelFiles files, Config.Model config, Manifest stated, Manifest manifest,
            byte[] tokenizerJson) {
        this.files = files;
        this.config = config;
        this.stated = stated;
        this.manifest = manifest;
        this.tokenizerJson = tokenizerJson;
    }

    /**
     * Reads manifest and tokenizer; graphs are read and hashed by {@link #variant}.
     *
     * @throws ModelException with file, value and what to do
     */
    public static ModelBundle open(Config.Model config) {
        ModelFiles files = config.folder() == null ? new EmbeddedModel() : new ModelFolder(config.folder());
        Manifest stated = files.manifest();
        Manifest manifest = config.maxTokens() == 0 ? stated : stated.withMaxTokens(config.maxTokens());
        return new ModelBundle(files, config, stated, manifest, files.tokenizer());
    }

    /**
     * What a manifest states, read without the model.
     *
     * @param path {@code manifest.json}, under whatever name, or its folder
     * @throws ModelException where it cannot be read
     */
    public static Manifest manifest(Path path) {
        return Files.isDirectory(path) ? new ModelFolder(path).manifest() : ModelFolder.manifest(path);
    }

    /** The same model with its vectors left as pooled, not scaled to unit norm: another revision. */
    public ModelBundle withoutNormalisation() {
        return new ModelBundle(files, config, stated, manifest.withNormalised(false), tokenizerJson);
    }

    /** A copy. */
    public byte[] tokenizerJson() {
        return tokenizerJson.clone();
    }

    /** Texts are truncated to this many tokens, special tokens included: the manifest's, or as configured. */
    public int maxTokens() {
        return manifest.maxTokens();
    }

    /** Tokens of the longest text that the model has positions for; empty where its graph does not tell. */
    public OptionalInt positions() {
        Graph graph = manifest.graphs().stream().filter(g -> g.name().equals(config.variant())).findFirst()
                .orElse(manifest.graphs().getFirst());
        int positions = new ModelChecks(files, manifest, graph, files.header(graph)).positions();
        return positions < 0 ? OptionalInt.empty() : OptionalInt.of(positions);
    }

    /** As stated, with the maximum of tokens as configured and {@link #withoutNormalisation} heeded. */
    public Manifest manifest() {
        return manifest;
    }

    /**
     * The graph for a device, read whole and checked; hashing takes about a third of a second for 100 MB.
     *
     * @param provider {@code CPU} or {@code CUDA}
     * @throws ModelException if {@code model.variant} names none that fits, or the files are not what they should be
     */
    public ModelVariant variant(ExecutionProvider provider) {
        return variant(choose(provider));
    }

    /** What to go on with where the graph chosen for CUDA is packed and refused; empty if the user chose it by name. */
    public Optional<ModelVariant> paddedVariantForCuda() {
        if (!config.variant().equals(AUTO)) {
            return Optional.empty();
        }
        return manifest.graphs().stream().filter(g -> fits(g, ExecutionProvider.CUDA))
                .filter(g -> g.layout() == Layout.PADDED && g.precision().equals("fp16")).findFirst()
                .map(this::variant);
    }

    private ModelVariant variant(Graph graph) {
        if (!graph.deterministic() && !config.allowNondeterministic()) {
            throw new ModelException(files.where() + ": deterministic is false for the variant " + graph.name()
                    + ": a text's vector may depend on its batch, which breaks replay and duplicate detection; take"
                    + " another model or variant, or set model.allow.nondeterministic=true to use it all the same");
        }
        ModelFiles.Contents contents = files.contents(graph);
        ModelChecks checks = new ModelChecks(files, manifest, graph, contents.header());
        checks.graph();
        checks.tokenizer(tokenizerJson);
        checks.maxTokens(config.maxTokens() != 0);
        Revision content = contents.revision(tokenizerJson);
        checkStated(graph, contents, content.of(stated, graph));
        ModelIdentity identity = new ModelIdentity(manifest.id(), content.of(manifest, graph), manifest.dimension(),
                manifest.pooling().id(), manifest.normalised(), manifest.maxTokens(), graph.precision());
        return new ModelVariant(graph.name(), identity, contents.onnx(), feed(graph),
                contents.header().rowsOf("word_embeddings"), config.allowNondeterministic());
    }

    private GraphFeed feed(Graph graph) {
        if (!graph.pools()) {
            return new GraphFeed(graph.layout(), graph.inputs(), graph.output(), manifest.pooling(),
                    manifest.normalised(), manifest.padTokenId());
        }
        return new GraphFeed(graph.layout(), graph.inputs(), outputOf(graph), Pooling.NONE, false,
                manifest.padTokenId());
    }

    private String outputOf(Graph graph) {
        return manifest.normalised() ? graph.output() : dev.semblance.model.graph.GraphSpec.POOLED;
    }

    private Graph choose(ExecutionProvider provider) {
        List<Graph> all = manifest.graphs();
        String names = all.stream().map(Graph::name).collect(Collectors.joining(", "));
        if (!config.variant().equals(AUTO)) {
            Graph named = all.stream().filter(g -> g.name().equals(config.variant())).findFirst()
                    .orElseThrow(() -> new ModelException("model.variant=" + config.variant() + ": "
                            + files.where() + " has the variants " + names + "; name one of them, or auto"));
            if (!fits(named, provider)) {
                throw new ModelException("model.variant=" + named.name() + ": it does not run on "
                        + provider.name().toLowerCase(java.util.Locale.ROOT) + "; " + files.where()
                        + " has the variants " + names + "; name another, set execution.provider, or leave the choice"
                        + " to auto");
            }
            return named;
        }
        return all.stream().filter(g -> fits(g, provider))
                .max(java.util.Comparator.comparingInt(g -> rank(g, provider)))
                .orElseThrow(() -> new ModelException(files.where() + ": none of its variants (" + names
                        + ") runs on " + provider.name().toLowerCase(java.util.Locale.ROOT)
                        + "; import the model again with one that does"));
    }

    private static boolean fits(Graph graph, ExecutionProvider provider) {
        return switch (provider) {
            case CPU -> graph.layout() == Layout.PADDED;
            case CUDA -> !graph.precision().equals("int8");
            case AUTO -> throw new IllegalArgumentException("auto is no device");
        };
    }

    /** On a CPU full precision is the default; on CUDA half precision, packed where there is such a graph. */
    private static int rank(Graph graph, ExecutionProvider provider) {
        if (provider == ExecutionProvider.CPU) {
            return graph.precision().equals("fp32") ? 2 : graph.precision().equals("int8") ? 1 : 0;
        }
        return (graph.precision().equals("fp16") ? 2 : 0) + (graph.layout() == Layout.PACKED ? 1 : 0);
    }

    /** Weights beside a graph of our own writer are one file, and the manifest knows it. */
    private void requireStatedData(Graph graph, ModelFiles.Contents contents) {
        Map<String, String> stated = graph.dataSha256() == null
                ? Map.of()
                : Map.of(graph.dataFile(), graph.dataSha256());
        if (!contents.external().equals(stated)) {
            throw new ModelException(contents.onnx() + ": its weights lie in files of the SHA-256 "
                    + contents.external() + ", but the manifest says " + stated + " (data_sha256 of " + graph.name()
                    + "); fetch or import the model again");
        }
    }

    private void checkStated(Graph graph, ModelFiles.Contents contents, String revision) {
        if (graph.sha256() != null && !graph.sha256().equals(contents.sha256())) {
            throw new ModelException(contents.onnx() + ": its SHA-256 is " + contents.sha256() + ", but the manifest"
                    + " says " + graph.sha256() + "; fetch or import the model again");
        }
        if (graph.pools()) {
            requireStatedData(graph, contents);
        }
        if (manifest.revision() != null && !manifest.revision().equals(revision)) {
            throw new ModelException(files.where() + ": revision is " + manifest.revision()
                    + ", but the files here hash to " + revision
                    + "; fetch the files again, or remove or correct the revision if they are meant");
        }
    }
}
