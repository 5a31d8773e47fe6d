package dev.semblance.model.bundle;

import dev.semblance.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.record.ModelIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder, TinyModel.manifest());
    }

    private ModelBundle open() {
        return ModelBundle.open(new Config.Model(folder, 0, false, "auto"));
    }

    private ModelVariant variant() {
        return open().variant(ExecutionProvider.CPU);
    }

    private static ModelVariant embedded(int maxTokens) {
        return ModelBundle.open(new Config.Model(null, maxTokens, false, "auto")).variant(ExecutionProvider.CPU);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused() {
        return assertThatThrownBy(this::variant).isInstanceOf(ModelException.class);
    }

    private void manifest(String from, String to) throws IOException {
        assertThat(TinyModel.manifest()).contains(from);
        Files.writeString(folder.resolve("manifest.json"), TinyModel.manifest().replace(from, to));
    }

    @Test
    void whatTheModelAsksToBeDoneToTextsIsPartOfItsRevision() throws IOException {
        String before = variant().identity().revision();
        manifest("{\"id\"", "{\"preprocessing\": \"none\", \"id\"");
        assertThat(variant().identity().revision()).isEqualTo(before);
        manifest("{\"id\"", "{\"preprocessing\": \"bertweet\", \"id\"");
        assertThat(variant().identity().revision()).isNotEqualTo(before);
    }

    @Test
    void aWeightOfManyDimensionsIsRefused() throws IOException {
        OnnxMl.ModelProto.Builder model = TinyModel.onnx().toBuilder();
        for (int d = 0; d < 7; d++) {
            model.getGraphBuilder().getInitializerBuilder(0).addDims(1);
        }
        Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
        refused().hasMessageContaining("more than 8 dimensions");
    }

    @Test
    void inputsOfOneNameAreRefused() throws IOException {
        manifest("{\"ids\": \"tokens\"}", "{\"ids\": \"tokens\", \"mask\": \"tokens\"}");
        refused().hasMessageContaining("inputs").hasMessageContaining("three names");
    }

    @Test
    void onlyWhereTheChoiceIsFreeIsThereAPaddedGraphToFallBackOn() {
        assertThat(ModelBundle.open(new Config.Model(null, 0, true, "auto")).paddedVariantForCuda())
                .hasValueSatisfying(v -> assertThat(v.name()).isEqualTo("cuda-fp16"));
        assertThat(ModelBundle.open(new Config.Model(null, 0, true, "cuda-fp16-packed")).paddedVariantForCuda())
                .isEmpty();
        assertThat(open().paddedVariantForCuda()).isEmpty();
    }

    @Test
    void theEmbeddedModelIsWhole() {
        ModelBundle bundle = ModelBundle.open(new Config.Model(null, 0, false, "auto"));
        ModelVariant variant = bundle.variant(ExecutionProvider.CPU);
        ModelIdentity id = variant.identity();
        assertThat(id.id()).isEqualTo("sentence-transformers/all-MiniLM-L6-v2");
        assertThat(id.revision()).matches("[0-9a-f]{64}");
        assertThat(id.dimension()).isEqualTo(384);
        assertThat(id.pooling()).isEqualTo("mean");
        assertThat(id.normalised()).isTrue();
        assertThat(id.maxTokens()).isEqualTo(256);
        assertThat(id.precision()).isEqualTo("fp32");
        assertThat(variant.vocabularySize()).isEqualTo(30_522);
        assertThat(variant.name()).isEqualTo("cpu-fp32");
        assertThat(bundle.tokenizerJson()).hasSizeGreaterThan(100_000);
        assertThat(bundle.positions()).hasValue(512);

        ModelBundle shorter = ModelBundle.open(new Config.Model(null, 128, false, "auto"));
        assertThat(shorter.maxTokens()).isEqualTo(128);
        assertThat(shorter.variant(ExecutionProvider.CPU).identity().revision()).isNotEqualTo(id.revision());
        ModelVariant unscaled = bundle.withoutNormalisation().variant(ExecutionProvider.CPU);
        assertThat(unscaled.identity().revision()).isNotEqualTo(id.revision());
        assertThat(unscaled.identity().normalised()).isFalse();
        assertThat(unscaled.feed().output()).isNotEqualTo(variant.feed().output());
        assertThatThrownBy(() -> embedded(513))
                .isInstanceOf(ModelException.class).hasMessageContaining("model.max.tokens=513")
                .hasMessageContaining("512 positions");
        assertThatThrownBy(() -> embedded(7))
                .isInstanceOf(ModelException.class).hasMessageContaining("model.max.tokens=7");
    }

    @Test
    void aVariantIsChosenByTheDeviceOrByName() {
        assertThat(choose("auto", false, ExecutionProvider.CPU).name()).isEqualTo("cpu-fp32");
        assertThat(choose("cuda-fp16", true, ExecutionProvider.CPU).identity().precision()).isEqualTo("fp16");
        ModelVariant packed = choose("auto", true, ExecutionProvider.CUDA);
        assertThat(packed.name()).isEqualTo("cuda-fp16-packed");
        assertThat(packed.feed().layout()).isEqualTo(Manifest.Layout.PACKED);
        assertThat(packed.identity().revision())
                .isNotEqualTo(choose("cuda-fp16", true, ExecutionProvider.CUDA).identity().revision());
        assertThatThrownBy(() -> choose("cuda-fp16-packed", true, ExecutionProvider.CPU))
                .isInstanceOf(ModelException.class).hasMessageContaining("model.variant=cuda-fp16-packed")
                .hasMessageContaining("does not run on cpu");
        assertThatThrownBy(() -> choose("cpu-int4", true, ExecutionProvider.CPU)).isInstanceOf(ModelException.class)
                .hasMessageContaining("model.variant=cpu-int4").hasMessageContaining("cpu-fp32, ");
        assertThatThrownBy(() -> choose("auto", false, ExecutionProvider.CUDA)).isInstanceOf(ModelException.class)
                .hasMessageContaining("cuda-fp16-packed").hasMessageContaining("model.allow.nondeterministic=true");
    }

    private static ModelVariant choose(String variant, boolean allowNondeterministic, ExecutionProvider provider) {
        return ModelBundle.open(new Config.Model(null, 0, allowNondeterministic, variant)).variant(provider);
    }

    @Test
    void aFolderIsAModelAndItsRevisionIsItsContent() throws IOException {
        ModelVariant variant = variant();
        assertThat(variant.name()).isEqualTo("exported");
        assertThat(variant.identity().id()).isEqualTo("test/tiny");
        assertThat(variant.feed().inputs()).isEqualTo(
                new Manifest.Inputs("tokens", "attention_mask", "token_type_ids"));
        String revision = variant.identity().revision();
        assertThat(variant().identity().revision()).isEqualTo(revision);

        manifest("\"deterministic\"", "\"revision\": \"" + revision + "\", \"deterministic\"");
        assertThat(variant().identity().revision()).isEqualTo(revision);
        assertThat(ModelBundle.open(new Config.Model(folder, 9, false, "auto"))
                .variant(ExecutionProvider.CPU).identity().revision()).isNotEqualTo(revision);

        Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer() + " ");
        refused().hasMessageContaining("manifest.json: revision is " + revision).hasMessageContaining("hash to");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"mean|cls", "16|17", "\"normalised\": true|\"normalised\": false",
            "\"deterministic\"|\"pad_token_id\": 1, \"deterministic\""})
    void whatShapesAVectorIsPartOfTheRevision(String from, String to) throws IOException {
        String before = variant().identity().revision();
        manifest(from, to);
        assertThat(variant().identity().revision()).isNotEqualTo(before);
    }

    @Test
    void whatDoesNotShapeAVectorIsNoPartOfTheRevision() throws IOException {
        String before = variant().identity().revision();
        manifest("test/tiny", "test/renamed");
        assertThat(variant().identity().revision()).isEqualTo(before);
    }

    @Test
    void aMissingFolderOrFileIsNamed() throws IOException {
        assertThatThrownBy(() -> ModelBundle.open(new Config.Model(folder.resolve("none"), 0, false, "auto")))
                .isInstanceOf(ModelException.class).hasMessageContaining("none").hasMessageContaining("no such folder");
        Path file = folder.resolve("model.onnx");
        assertThatThrownBy(() -> ModelBundle.open(new Config.Model(file, 0, false, "auto")))
                .isInstanceOf(ModelException.class).hasMessageContaining("is no folder");
        for (String name : new String[]{"model.onnx", "tokenizer.json", "manifest.json"}) {
            byte[] kept = Files.readAllBytes(folder.resolve(name));
            Files.delete(folder.resolve(name));
            refused().hasMessageContaining(name + ": is missing");
            Files.createDirectory(folder.resolve(name));
            refused().hasMessageContaining(name + ": is no file");
            Files.delete(folder.resolve(name));
            Files.write(folder.resolve(name), kept);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "tokenizer.json", "manifest.json"})
    void standInsAreRecognised(String name) throws IOException {
        Files.writeString(folder.resolve(name), "");
        refused().hasMessageContaining(name + ": has 0 bytes");
        Files.writeString(folder.resolve(name), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n");
        refused().hasMessageContaining(name).hasMessageContaining("git lfs pull");
        Files.writeString(folder.resolve(name), "\n<!DOCTYPE html><html></html>");
        refused().hasMessageContaining(name).hasMessageContaining("web page");
    }

    @Test
    void brokenFilesAreRefused() throws IOException {
        byte[] onnx = Files.readAllBytes(folder.resolve("model.onnx"));
        Files.write(folder.resolve("model.onnx"), java.util.Arrays.copyOf(onnx, onnx.length - 5));
        refused().hasMessageContaining("model.onnx: is no ONNX model");
        Files.write(folder.resolve("model.onnx"), TinyModel.utf8("just some text, not a model"));
        refused().hasMessageContaining("model.onnx: is no ONNX model");
        Files.write(folder.resolve("model.onnx"), onnx);
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":");
        refused().hasMessageContaining("tokenizer.json: is no valid JSON");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"a\": 1}");
        refused().hasMessageContaining("tokenizer.json: has no object 'model'");
        Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer().replace("19", "20"));
        refused().hasMessageContaining("token id 20").hasMessageContaining("embeddings for 20 ids");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"\"id\": \"test/tiny\"|\"id\": \" \"|id is \" \"",
            "\"dimension\": 4|\"dimension\": 5|dimension is 5, but the graph's output has 4",
            "\"dimension\": 4|\"dimension\": 0|dimension is 0; expected a whole number from 1",
            "\"dimension\": 4|\"dimension\": \"4\"|dimension is \"4\"",
            "\"dimension\": 4,|`` |dimension is missing",
            "mean|max|pooling is \"max\"; expected one of mean, cls, none",
            "mean|none|pooling is none, which needs an output of [rows × dimension]",
            "\"normalised\": true|\"normalised\": 1|normalised is 1; expected true or false",
            "16|9000|max_tokens is 9000", "16|4|max_tokens is 4", "fp32|bf16|precision is \"bf16\"",
            "\"deterministic\": true|\"deterministic\": false|model.allow.nondeterministic=true",
            "\"deterministic\"|\"determinstic\"|unknown field determinstic",
            "\"deterministic\"|\"preprocessing\": \"tweets\", \"deterministic\"|preprocessing is \"tweets\"",
            "\"deterministic\"|\"revision\": \"abc\", \"deterministic\"|revision is \"abc\"",
            "\"deterministic\"|\"id\": \"x\", \"deterministic\"|Duplicate field 'id'",
            "{\"ids\": \"tokens\"}|{\"ids\": \"input_ids\"}|inputs.ids is input_ids, but the graph's inputs are [tokens]",
            "{\"ids\": \"tokens\"}|{\"idz\": \"tokens\"}|unknown field inputs.idz",
            "{\"ids\": \"tokens\"}|3|inputs is 3",
            "states|vectors|output is vectors, but the graph's outputs are [states]",
            "{\"id\": \"test/tiny\"|[{\"id\": \"test/tiny\"|is no valid JSON"})
    void aWrongManifestIsRefusedWithFieldAndValue(String from, String to, String message) throws IOException {
        manifest(from, to);
        refused().hasMessageContaining("manifest.json").hasMessageContaining(message);
    }

    /** RoBERTa's table of 514 positions is for 512 tokens. */
    @Test
    void positionsThatAreCountedFromPaddingLeaveRoomForFewerTokens() throws IOException {
        Files.write(folder.resolve("model.onnx"), TinyModel.countingFromPadding(18, 1).toByteArray());
        manifest("\"deterministic\"", "\"pad_token_id\": 1, \"deterministic\"");
        assertThat(variant().identity().maxTokens()).isEqualTo(16);
        assertThat(open().positions()).hasValue(16);
        for (int tooMany : new int[]{17, 18}) {
            assertThatThrownBy(() -> ModelBundle.open(new Config.Model(folder, tooMany, false, "auto"))
                    .variant(ExecutionProvider.CPU)).isInstanceOf(ModelException.class)
                    .hasMessage("model.max.tokens=" + tooMany + ": the model has 16 positions (its table has 18 rows,"
                            + " but the graph counts from pad_token_id + 1 = 2); set at most that");
        }
        Files.write(folder.resolve("model.onnx"), TinyModel.countingFromPadding(17, 1).toByteArray());
        refused().hasMessageContaining("manifest.json: max_tokens is 16: the model has 15 positions");
    }

    @Test
    void whereTheyAreCountedFromThereThePadTokenMustBeTheTokenizers() throws IOException {
        Files.write(folder.resolve("model.onnx"), TinyModel.countingFromPadding(18, 1).toByteArray());
        String pads = "{\"version\": \"1.0\", \"padding\": {\"pad_id\": 1, \"pad_token\": \"a\"},";
        Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer().replace("{\"version\": \"1.0\",",
                pads));
        refused().hasMessageContaining("manifest.json: pad_token_id is 0, but").hasMessageContaining("tokenizer.json"
                + " pads with 1").hasMessageContaining("set pad_token_id to 1");
        Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer().replace("\"added_tokens\": []",
                "\"added_tokens\": [{\"id\": 3, \"content\": \"<s>\"}, {\"id\": 1, \"content\": \"<pad>\"}]"));
        refused().hasMessageContaining("pads with 1");
        manifest("\"deterministic\"", "\"pad_token_id\": 1, \"deterministic\"");
        assertThat(variant().feed().padTokenId()).isEqualTo(1);
        Files.write(folder.resolve("model.onnx"), TinyModel.onnx().toByteArray());
        manifest("", "");
        assertThat(variant().feed().padTokenId()).as("of no account to a graph that does not count from it").isZero();
        assertThat(open().positions()).isEmpty();
    }

    @Test
    void nondeterministicModelsNeedConsent() throws IOException {
        manifest("\"deterministic\": true", "\"deterministic\": false");
        ModelVariant variant = ModelBundle.open(new Config.Model(folder, 0, true, "auto"))
                .variant(ExecutionProvider.CPU);
        assertThat(variant.nondeterministicAllowed()).isTrue();
    }

    @Test
    void theOutputMayBeLeftOutIfThereIsOnlyOne() throws IOException {
        manifest(", \"output\": \"states\"", "");
        assertThat(variant().feed().output()).isNull();
        OnnxMl.ModelProto.Builder two = TinyModel.onnx().toBuilder();
        two.getGraphBuilder().addOutput(two.getGraph().getOutput(0).toBuilder().setName("other"));
        Files.write(folder.resolve("model.onnx"), two.build().toByteArray());
        refused().hasMessageContaining("output is missing").hasMessageContaining("states")
                .hasMessageContaining("other");
    }

    @Test
    void externalWeightsArePartOfTheRevisionAndMustBeInTheFolder() throws IOException {
        external("weights.bin");
        refused().hasMessageContaining("weights.bin: is missing");
        Files.write(folder.resolve("weights.bin"), new byte[]{1, 2, 3});
        String before = variant().identity().revision();
        Files.write(folder.resolve("weights.bin"), new byte[]{1, 2, 4});
        assertThat(variant().identity().revision()).isNotEqualTo(before);
        external("../outside.bin");
        refused().hasMessageContaining("weights outside its folder: '../outside.bin'");
    }

    private void external(String location) throws IOException {
        OnnxMl.ModelProto.Builder model = TinyModel.onnx().toBuilder();
        model.getGraphBuilder().getInitializerBuilder(0).clearRawData()
                .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL).addExternalData(
                        OnnxMl.StringStringEntryProto.newBuilder().setKey("location").setValue(location));
        Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
    }

    @Test
    void theHeaderIsReadAsAnIndependentParserReadsIt() {
        OnnxMl.ModelProto model = TinyModel.onnx();
        OnnxHeader header = OnnxHeader.parse(ByteBuffer.wrap(model.toByteArray()));
        assertThat(header.inputs()).containsExactly("tokens");
        assertThat(header.outputs().get("states")).containsExactly(-1, -1, 4);
        assertThat(header.weights().get("word_embeddings.weight")).containsExactly(20, 4);
        assertThat(header.rowsOf("word_embeddings")).isEqualTo(TinyModel.ROWS);
        assertThat(header.rowsOf("position_embeddings")).isEqualTo(-1);
        assertThat(header.externalFiles()).isEmpty();
    }
}
