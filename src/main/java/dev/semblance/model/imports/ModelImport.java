package dev.semblance.model.imports;

import dev.semblance.config.Config;
import dev.semblance.model.FileHash;
import dev.semblance.model.ModelException;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.model.graph.Calibration;
import dev.semblance.model.graph.GraphSpec;
import dev.semblance.model.graph.GraphStyle;
import dev.semblance.model.graph.GraphWriter;
import dev.semblance.model.graph.Precision;
import dev.semblance.model.imports.ManifestWriter.WrittenVariant;
import dev.semblance.model.weights.WeightFiles;
import dev.semblance.model.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Source folder → bundle. Each graph is compared with a plain one, made of standard operators, before the bundle appears.
 *
 * <p>
 * Thread: one owner.
 */
public final class ModelImport {

    private static final String PLAIN = "plain.onnx";

    private final GraphRunner runner;
    private final RangeRunner ranges;
    private final TokenIds.Opener tokenizers;
    private final Consumer<String> steps;

    /** @param steps told in words what is going on */
    public ModelImport(GraphRunner runner, RangeRunner ranges, TokenIds.Opener tokenizers, Consumer<String> steps) {
        this.runner = runner;
        this.ranges = ranges;
        this.tokenizers = tokenizers;
        this.steps = steps;
    }

    /**
     * Whether a bundle may be written there, so that nothing is fetched in vain.
     *
     * @throws ModelException if not
     */
    public static void requireFree(Path target, ImportOptions options) {
        Variant.named(options.variants());
        BundleFolder.requireFree(target, options.force());
    }

    /**
     * @param target a folder that does not exist yet, or a bundle to be replaced
     * @throws ModelException naming file, value and what to do; nothing is left behind then
     */
    public ImportResult run(ImportSource source, ImportOptions options, Path target) {
        List<Variant> variants = Variant.named(options.variants());
        SourceFiles files = new SourceFiles(source.folder());
        SourceModel model = SourceModel.read(files, source, options, tokenizers);
        try (Weights weights = WeightFiles.open(source.folder());
                BundleFolder bundle = BundleFolder.open(target, options.force())) {
            ImportResult result = write(source, files, model, weights, variants, bundle.path(), target);
            bundle.publish();
            return result;
        }
    }

    private ImportResult write(ImportSource source, SourceFiles files, SourceModel model, Weights weights,
            List<Variant> variants, Path folder, Path target) {
        GraphVerifier verifier = new GraphVerifier(runner, GraphVerifier.tokens(tokenizers, model.tokenizer().bytes(),
                model.maxTokens(), model.architecture().vocabulary()),
                new GraphVerifier.Shape(model.architecture().hidden(), model.architecture().padTokenId(),
                        model.maxTokens()));
        float[][] plain = plainVectors(model, weights, folder, verifier);
        List<WrittenVariant> written = new ArrayList<>();
        for (Variant variant : variants) {
            try {
                written.add(write(variant, model, weights, folder, verifier, plain));
            } catch (ModelException e) {
                throw variant == variants.getFirst()
                        ? e
                        : new ModelException(e.getMessage() + wayOut(variants, variant), e);
            }
        }
        FileHash tokenizer = writeTokenizer(model, folder.resolve(TokenizerFile.NAME));
        ManifestWriter.write(folder.resolve(BundleFolder.MANIFEST), model, source, hashes(files, source.folder()),
                tokenizer, GraphVerifier.mean(plain), written);
        openAsUsersWill(folder, variants);
        return new ImportResult(target, model.id(), model.architecture().hidden(), model.pooling(), model.maxTokens(),
                written.stream().map(w -> new ImportResult.Graph(w.variant().name(), w.variant().file(),
                        w.sizeBytes(), w.agreement())).toList());
    }

    /** The first variant is always written, so there is no way without it. */
    private static String wayOut(List<Variant> variants, Variant failed) {
        return "; or import without this graph: --variants " + variants.stream().filter(v -> v != failed)
                .map(Variant::name).collect(Collectors.joining(","));
    }

    private float[][] plainVectors(SourceModel model, Weights weights, Path folder, GraphVerifier verifier) {
        steps.accept("reading weights, writing a plain graph to compare with");
        Path file = folder.resolve(PLAIN);
        GraphWriter.write(model.architecture(), weights,
                new GraphSpec(GraphStyle.PLAIN, Precision.FP32, model.pooling()), file);
        float[][] vectors = verifier.vectorsAlone(file);
        GraphVerifier.refuseCollapsed(file, vectors);
        try {
            Files.delete(file);
            Files.deleteIfExists(folder.resolve(PLAIN + GraphWriter.EXTERNAL_SUFFIX));
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be deleted: " + e, e);
        }
        return vectors;
    }

    private WrittenVariant write(Variant variant, SourceModel model, Weights weights, Path folder,
            GraphVerifier verifier, float[][] plain) {
        steps.accept("writing " + variant.name());
        Path file = folder.resolve(variant.file());
        GraphSpec spec = variant.graph().spec(model.pooling());
        if (spec.precision() == Precision.INT8) {
            GraphWriter.write(model.architecture(), weights, spec, calibration(model, weights, folder), file);
        } else {
            GraphWriter.write(model.architecture(), weights, spec, file);
        }
        Agreement agreement = null;
        if (variant.floor() != null) {
            GraphVectors vectors = verifier.vectors(file);
            agreement = Agreement.between(plain, vectors.alone());
            agreement.require(variant.file(), variant.floor());
            requireSameInBatches(variant, vectors);
        } else {
            runner.requireValid(file);
        }
        Path data = folder.resolve(variant.file() + GraphWriter.EXTERNAL_SUFFIX);
        return new WrittenVariant(variant, FileHash.of(file), Files.exists(data) ? FileHash.of(data) : null,
                agreement);
    }

    private static void requireSameInBatches(Variant variant, GraphVectors vectors) {
        String fault = vectors.faultInBatches(variant.graph().deterministic(), variant.padding());
        if (fault != null) {
            throw new ModelException(variant.file() + ": " + fault + "; please report it");
        }
    }

    private Calibration calibration(SourceModel model, Weights weights, Path scratch) {
        try (TokenIds tokenizer = tokenizers.open(model.tokenizer().bytes(), model.architecture().positions())) {
            return Calibrator.calibrate(model.architecture(), weights, model.pooling(), tokenizer::of, ranges,
                    scratch);
        }
    }

    private static FileHash writeTokenizer(SourceModel model, Path file) {
        try {
            Files.write(file, model.tokenizer().bytes());
            return FileHash.of(file);
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be written: " + e + "; check permissions and free space", e);
        }
    }

    /** Of all that was read, weights included. */
    private static SortedMap<String, FileHash> hashes(SourceFiles files, Path folder) {
        SortedSet<String> names = files.used();
        names.addAll(WeightFileNames.of(files));
        SortedMap<String, FileHash> hashes = new TreeMap<>();
        names.forEach(name -> hashes.put(name, FileHash.of(folder.resolve(name))));
        return hashes;
    }

    private static void openAsUsersWill(Path folder, List<Variant> variants) {
        for (Variant variant : variants) {
            ModelBundle.open(new Config.Model(folder, 0, true, variant.name())).variant(
                    variant.floor() == null ? Config.ExecutionProvider.CUDA : Config.ExecutionProvider.CPU);
        }
    }
}
