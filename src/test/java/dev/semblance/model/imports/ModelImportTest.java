package dev.semblance.model.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.config.Config;
import dev.semblance.infer.onnx.OnnxGraphRunner;
import dev.semblance.infer.onnx.OnnxRanges;
import dev.semblance.model.FileHash;
import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;
import dev.semblance.model.bundle.Manifest;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelImportTest {

    @TempDir
    private Path scratch;

    private Path source;
    private Path target;
    private final List<String> steps = new ArrayList<>();
    private ImportOptions options = options(Pooling.CLS, 0);

    @BeforeEach
    void copy() throws IOException {
        source = scratch.resolve("tiny-bert");
        target = scratch.resolve("models").resolve("made");
        TinySource.copy("bert", source);
    }

    static TokenIds tokenizer(byte[] json, int maxTokens) {
        Tokenizer tokenizer = HuggingFaceTokenizers.open(json, maxTokens);
        return new TokenIds() {
            @Override
            public int[] of(String text) {
                return tokenizer.tokenize(text).ids();
            }

            @Override
            public void close() {
                tokenizer.close();
            }
        };
    }

    private static ImportOptions options(Pooling pooling, int maxTokens) {
        return new ImportOptions(null, pooling, maxTokens, List.of(), false);
    }

    private ImportResult run() {
        return new ModelImport(new OnnxGraphRunner(), new OnnxRanges(), ModelImportTest::tokenizer, steps::add).run(
                ImportSource.of(source), options,
                target);
    }

    /** One message on one line, and nothing left behind. */
    private AbstractThrowableAssert<?, ? extends Throwable> refused() {
        AbstractThrowableAssert<?, ? extends Throwable> thrown = assertThatThrownBy(this::run)
                .isInstanceOf(ModelException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(700));
        assertThat(leftovers()).isEmpty();
        return thrown;
    }

    private List<String> leftovers() {
        if (!Files.exists(target.getParent())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(target.getParent())) {
            // Locks stay: deleting one would let two imports hold it.
            return files.map(f -> f.getFileName().toString()).filter(n -> !n.endsWith(".lock")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void edit(String name, java.util.function.Consumer<com.fasterxml.jackson.databind.node.ObjectNode> change)
            throws IOException {
        TinySource.edit(source.resolve(name), change);
    }

    @Test
    void makesAVerifiedBundle() throws IOException {
        ImportResult result = run();
        assertThat(leftovers()).containsExactly("made");
        assertThat(steps).hasSize(1 + Variant.ALL.size());
        assertThat(result.id()).isEqualTo("tiny-bert");
        assertThat(result.maxTokens()).as("positions").isEqualTo(40);
        assertThat(result.graphs()).extracting(ImportResult.Graph::name).containsExactly("cpu-fp32",
                "cpu-int8", "cuda-fp16-packed", "cuda-fp16");
        assertThat(result.graphs().getFirst().agreement().maxDifference()).isLessThan(1e-5);
        assertThat(result.graphs().get(1).agreement().minCosine()).isBetween(0.95, 0.999999);
        assertThat(result.graphs().get(2).agreement()).as("needs CUDA").isNull();
        assertThat(result.graphs().get(3).agreement().minCosine()).isBetween(0.999, 0.99999999);

        Manifest manifest = ModelBundle.open(new Config.Model(target, 0, false, "auto")).manifest();
        assertThat(manifest.pooling()).isEqualTo(Pooling.CLS);
        assertThat(manifest.dimension()).isEqualTo(32);
        assertThat(manifest.normalised()).isTrue();
        assertThat(manifest.mean()).hasSize(32);
        assertThat(manifest.graphs().getFirst().deterministic()).isTrue();
        JsonNode json = new ObjectMapper().readTree(target.resolve("manifest.json").toFile());
        assertThat(json.path("source").path("folder").asText()).isEqualTo(source.toString());
        for (Map.Entry<String, JsonNode> file : json.path("source").path("files").properties()) {
            FileHash hash = FileHash.of(source.resolve(file.getKey()));
            assertThat(file.getValue().path("sha256").asText()).isEqualTo(hash.sha256());
            assertThat(file.getValue().path("size_bytes").asLong()).isEqualTo(hash.sizeBytes());
        }
        assertThat(json.path("source").path("files").size()).isEqualTo(4);
        assertThat(json.path("family").asText()).isEqualTo("bert");
    }

    @Test
    void theSameSourceGivesTheSameBytes() throws IOException {
        run();
        Path first = target;
        target = scratch.resolve("models").resolve("again");
        run();
        try (Stream<Path> files = Files.list(first)) {
            for (Path file : files.toList()) {
                assertThat(target.resolve(file.getFileName().toString())).hasSameBinaryContentAs(file);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"roberta, MEAN, 24", "distilbert, CLS, 24"})
    void sentenceTransformersSayThemselvesHowTheyAreUsed(String model, Pooling pooling, int maxTokens)
            throws IOException {
        source = scratch.resolve(model);
        TinySource.copy(model, source);
        options = ImportOptions.none();
        ImportResult result = run();
        assertThat(result.pooling()).isEqualTo(pooling);
        assertThat(result.maxTokens()).isEqualTo(maxTokens);
        assertThat(result.graphs()).hasSize(4);
    }

    @Test
    void miCseIsKnownToBeClsAt32Tokens() {
        options = new ImportOptions("sap-ai-research/miCSE", null, 0, List.of("cpu-fp32"), false);
        ImportResult result = run();
        assertThat(result.pooling()).isEqualTo(Pooling.CLS);
        assertThat(result.maxTokens()).isEqualTo(32);
        assertThat(result.graphs()).extracting(ImportResult.Graph::name).containsExactly("cpu-fp32");
        assertThat(target.resolve("cuda-fp16.onnx")).doesNotExist();
    }

    @Test
    void optionsThatContradictAreRefused() throws IOException {
        options = ImportOptions.none();
        refused().hasMessageContaining("state --pooling cls or --pooling mean");
        options = options(Pooling.CLS, 41);
        refused().hasMessageContaining("--max-tokens is 41; the model takes 8 to 40");
        options = options(Pooling.CLS, 7);
        refused().hasMessageContaining("--max-tokens is 7");
        options = new ImportOptions(null, Pooling.CLS, 0, List.of("cpu-fp32", "cpu-int2"), false);
        refused().hasMessageContaining("cpu-int2: there is no such variant; known are cpu-fp32");
        options = new ImportOptions(null, Pooling.CLS, 0, List.of("cuda-fp16"), false);
        refused().hasMessageContaining("cpu-fp32 is missing");
        options = options(Pooling.CLS, 0);
        source = scratch.resolve("nowhere");
        refused().hasMessageContaining("there is no such folder");

        source = scratch.resolve("distilbert");
        TinySource.copy("distilbert", source);
        options = options(Pooling.MEAN, 0);
        refused().hasMessageContaining("--pooling mean: the model itself says cls");
    }

    @Test
    void whatIsThereIsNotOverwrittenUnlessAsked() throws IOException {
        run();
        byte[] before = Files.readAllBytes(target.resolve("manifest.json"));
        assertThatThrownBy(this::run).isInstanceOf(ModelException.class).hasMessageContaining("holds a model already");
        assertThat(target.resolve("manifest.json")).hasBinaryContent(before);

        options = new ImportOptions("other", Pooling.MEAN, 0, List.of(), true);
        run();
        assertThat(ModelBundle.open(new Config.Model(target, 0, false, "auto")).manifest().id()).isEqualTo("other");
        assertThat(leftovers()).containsExactly("made");

        Files.delete(target.resolve("manifest.json"));
        assertThatThrownBy(this::run).isInstanceOf(ModelException.class).hasMessageContaining("is no model");
        assertThat(target.resolve("tokenizer.json")).exists();
    }

    @Test
    void aFailedReplacementLeavesTheOldOne() throws IOException {
        run();
        byte[] before = Files.readAllBytes(target.resolve("cpu-fp32.onnx"));
        damage("model.safetensors", 1000);
        options = new ImportOptions(null, Pooling.CLS, 0, List.of(), true);
        assertThatThrownBy(this::run).isInstanceOf(ModelException.class);
        assertThat(target.resolve("cpu-fp32.onnx")).hasBinaryContent(before);
        assertThat(leftovers()).containsExactly("made");
    }

    @Test
    void whatAKilledImportLeftIsRemovedAndWhatItWasReplacingComesBack() throws IOException {
        run();
        Path models = target.getParent();
        Files.move(target, models.resolve(".made.replaced"));
        Files.createDirectories(models.resolve(".made.importing"));
        Files.writeString(models.resolve(".made.importing").resolve("cpu-fp32.onnx"), "half");
        Files.writeString(models.resolve(".made.importing.lock"), "");
        assertThatThrownBy(this::run).hasMessageContaining("holds a model already");
        assertThat(leftovers()).containsExactly("made");
        options = new ImportOptions(null, Pooling.CLS, 0, List.of(), true);
        run();
        assertThat(leftovers()).containsExactly("made");
    }

    /** Cuts to a number of bytes. */
    private void damage(String name, int bytes) throws IOException {
        Path file = source.resolve(name);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"})
    void whatStandsInForAFileIsNamed(String name) throws IOException {
        Files.writeString(source.resolve(name), """
                version https://git-lfs.github.com/spec/v1
                oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
                size 12345
                """);
        refused().hasMessageContaining(name).hasMessageContaining("git-lfs pointer");
        Files.writeString(source.resolve(name), "<!DOCTYPE html><html><body>Log in</body></html>");
        refused().hasMessageContaining(name).hasMessageContaining("web page");
        Files.write(source.resolve(name), new byte[0]);
        refused().hasMessageContaining(name);
        Files.delete(source.resolve(name));
        if (!name.equals("tokenizer_config.json")) {
            refused().hasMessageContaining(source.toString());
        }
    }

    @Test
    void damagedWeightsAreRefused() throws IOException {
        byte[] weights = Files.readAllBytes(source.resolve("model.safetensors"));
        damage("model.safetensors", weights.length - 1);
        refused().hasMessageContaining("model.safetensors");
        ByteBuffer hostile = ByteBuffer.wrap(weights.clone()).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(source.resolve("model.safetensors"), hostile.putLong(0, 10_000_000_000L).array());
        refused().hasMessageContaining("model.safetensors");
        ByteBuffer nan = ByteBuffer.wrap(weights.clone()).order(ByteOrder.LITTLE_ENDIAN);
        long header = nan.getLong(0);
        for (int at = (int) header + 8; at + 4 <= weights.length; at += 4) {
            nan.putFloat(at, Float.NaN);
        }
        Files.write(source.resolve("model.safetensors"), nan.array());
        refused().hasMessageContaining("NaN");
        Files.write(source.resolve("model.safetensors"), weights);
        run();
    }

    static Stream<Arguments> configs() {
        return Stream.of(Arguments.of("model_type", "mpnet", "model_type is"),
                Arguments.of("hidden_act", "relu", "hidden_act is"),
                Arguments.of("num_hidden_layers", 3, "layer.2"),
                Arguments.of("num_hidden_layers", 1, "the model has 1 layers"),
                Arguments.of("hidden_size", 64, "has the shape"),
                Arguments.of("vocab_size", 119, "has the shape"),
                Arguments.of("vocab_size", 100, "token id 117"),
                Arguments.of("vocab_size", 30_522, "another model"),
                Arguments.of("is_decoder", true, "is_decoder"));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aConfigurationThatIsNotTheWeightsIsRefused(String field, Object value, String words) throws IOException {
        edit("config.json", config -> config.putPOJO(field, value));
        refused().hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({"pad_token_id, pad token has id 1", "bos_token_id, frames texts with token id 0",
            "eos_token_id, frames texts with token id 2"})
    void robertasSpecialTokensMustBeThoseOfTheConfiguration(String field, String words) throws IOException {
        source = scratch.resolve("roberta");
        TinySource.copy("roberta", source);
        options = ImportOptions.none();
        edit("config.json", config -> config.put(field, 7));
        refused().hasMessageContaining(words).hasMessageContaining(field);
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() throws IOException {
        Path other = scratch.resolve("other");
        TinySource.copy("roberta", other);
        Files.copy(other.resolve("tokenizer.json"), source.resolve("tokenizer.json"));
        refused().hasMessageContaining("tokenizer.json").hasMessageContaining("belongs to another model");

        Files.delete(source.resolve("tokenizer.json"));
        byte[] right = TokenizerJson.fromVocabulary(new SourceFiles(source)).toString()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(source.resolve("tokenizer.json"), right);
        edit("tokenizer.json", t -> t.putNull("post_processor"));
        refused().hasMessageContaining("does not put one token before a text and another behind it");

        Files.write(source.resolve("tokenizer.json"), right);
        Files.writeString(source.resolve("vocab.txt"), Files.readString(source.resolve("vocab.txt")).replace("cat\nsat",
                "sat\ncat"));
        refused().hasMessageContaining("vocab.txt says").hasMessageContaining("different models");

        Files.writeString(source.resolve("tokenizer.json"), "{\"a\": 1}");
        refused().hasMessageContaining("has no object 'model'");
        Files.writeString(source.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Nonsense\", \"vocab\": {\"a\": 3,"
                + " \"[PAD]\": 0}}}");
        Files.delete(source.resolve("vocab.txt"));
        refused().hasMessageContaining("tokenizer.json");
        Files.delete(source.resolve("tokenizer.json"));
        refused().hasMessageContaining("so is vocab.txt");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "modules.json | [{'path': '', 'type': 'sentence_transformers.models.Dense'}] | Dense",
            "modules.json | [{'path': '', 'type': 'evil.Transformer'}] | evil.Transformer",
            "modules.json | [{'path': 'sub', 'type': 'sentence_transformers.models.Transformer'}] | in 'sub'",
            "modules.json | [{'path': '', 'type': 'sentence_transformers.models.Transformer'}] | its modules are",
            "1_Pooling/config.json | {'pooling_mode_max_tokens': true} | pooling_mode_max_tokens",
            "1_Pooling/config.json | {'pooling_mode': 'lasttoken'} | lasttoken",
            "1_Pooling/config.json | {'pooling_mode_cls_token': true, 'pooling_mode_mean_tokens': true} | exactly one",
            "1_Pooling/config.json | {'word_embedding_dimension': 31, 'pooling_mode_cls_token': true} | vectors of 31",
            "sentence_bert_config.json | {'max_seq_length': 4096} | max_seq_length is 4096",
            "sentence_bert_config.json | {'max_seq_length': 'x'} | max_seq_length is",
            "config_sentence_transformers.json | {'default_prompt_name': 'query'} | prompt"})
    void modulesThatAreNotOursAreRefused(String file, String json, String words) throws IOException {
        source = scratch.resolve("distilbert");
        TinySource.copy("distilbert", source);
        options = ImportOptions.none();
        Files.writeString(source.resolve(file), json.replace('\'', '"'));
        refused().hasMessageContaining(words);
    }

    @Test
    void theBuiltInTextsAreVaried() {
        List<String> texts = VerificationTexts.all();
        assertThat(texts).hasSizeBetween(110, 140).doesNotHaveDuplicates();
        assertThat(texts.stream().flatMapToInt(String::codePoints).filter(c -> c > 0x2e00).count()).isGreaterThan(40);
    }
}
