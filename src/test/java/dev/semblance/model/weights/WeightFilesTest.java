package dev.semblance.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFilesTest {

    private static final String DECODER = "cls.predictions.decoder.weight";

    @TempDir
    Path folder;

    /** Against what numpy says of the tensors it wrote. */
    @Test
    void readsSafetensors() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(TinyFolder.bytes("bert/tensors.json"));
        try (Weights weights = WeightFiles.open(TinyFolder.of("bert"))) {
            TreeSet<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            assertThat(weights.names()).isEqualTo(names).hasSizeGreaterThan(40);
            assertThat(weights.source()).endsWith("model.safetensors");
            for (String name : names) {
                JsonNode of = expected.get(name);
                Tensor tensor = weights.tensor(name);
                assertThat(tensor.type().name()).isEqualTo(of.get("type").asText());
                assertThat(new ObjectMapper().<JsonNode>valueToTree(tensor.shape())).isEqualTo(of.get("shape"));
                if (!tensor.type().isFloat()) {
                    continue; // position_ids, which no graph uses
                }
                double sum = 0;
                float[] values = tensor.floats();
                for (int i = 0; i < values.length; i++) {
                    sum += (i + 1) * (double) values[i];
                }
                assertThat(sum).as(name).isCloseTo(of.get("sum").asDouble(), within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert_zip", "bert_legacy", "bert_views", "bert_sharded", "bert_bin_sharded"})
    void readsTheSameFromEveryFormat(String other) {
        try (Weights expected = WeightFiles.open(TinyFolder.of("bert"));
                Weights actual = WeightFiles.open(TinyFolder.of(other))) {
            TreeSet<String> names = new TreeSet<>(actual.names());
            if (names.remove(DECODER)) {
                assertThat(actual.tensor(DECODER).floats())
                        .isEqualTo(actual.tensor("bert.embeddings.word_embeddings.weight").floats());
            }
            assertThat(names).isEqualTo(expected.names());
            for (String name : names) {
                assertThat(actual.tensor(name).type()).as(name).isEqualTo(expected.tensor(name).type());
                assertThat(actual.tensor(name).shape()).as(name).isEqualTo(expected.tensor(name).shape());
                if (expected.tensor(name).type().isFloat()) {
                    assertThat(actual.tensor(name).floats()).as(name).isEqualTo(expected.tensor(name).floats());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"bert_tanh,F32", "bert_f16,F16", "roberta,F32", "distilbert,F32"})
    void readsEveryFamily(String name, ElementType type) {
        try (Weights weights = WeightFiles.open(TinyFolder.of(name))) {
            assertThat(weights.names()).hasSizeGreaterThan(30)
                    .allSatisfy(t -> assertThat(weights.tensor(t).type()).isEqualTo(type))
                    .allSatisfy(t -> assertThat(weights.tensor(t).floats()).isNotEmpty());
        }
    }

    @Test
    void takesTheFirstInOrder() throws IOException {
        Files.write(folder.resolve("pytorch_model.bin"), TinyFolder.bytes("torch/protocol2.bin"));
        try (Weights weights = WeightFiles.open(folder)) {
            assertThat(weights.source()).endsWith("pytorch_model.bin");
        }
        shards("{\"weight_map\":{\"x\":\"s1.safetensors\",\"y\":\"s2.safetensors\"}}");
        try (Weights weights = WeightFiles.open(folder)) {
            assertThat(weights.names()).containsExactly("x", "y");
            assertThat(weights.tensor("y").floats()).containsExactly(2);
            assertThat(weights.source()).endsWith("model.safetensors.index.json");
        }
        Files.write(folder.resolve("model.safetensors"), SafetensorsBytes.one("z", 3));
        try (Weights weights = WeightFiles.open(folder)) {
            assertThat(weights.names()).containsExactly("z");
        }
    }

    @Test
    void saysWhatAFolderWithoutWeightsHolds() throws IOException {
        assertThatThrownBy(() -> WeightFiles.open(folder)).isInstanceOf(ModelException.class)
                .hasMessageContaining("it holds nothing, but should hold model.safetensors, or");
        Files.writeString(folder.resolve("tf_model.h5"), "x");
        Files.writeString(folder.resolve("config.json"), "{}");
        assertThatThrownBy(() -> WeightFiles.open(folder)).isInstanceOf(ModelException.class)
                .hasMessageContaining("it holds config.json, tf_model.h5, but should hold model.safetensors, or "
                        + "model.safetensors.index.json with its shards, or pytorch_model.bin, or "
                        + "pytorch_model.bin.index.json with its shards");
        for (int i = 0; i < 30; i++) {
            Files.writeString(folder.resolve("z" + i), "x");
        }
        assertThatThrownBy(() -> WeightFiles.open(folder)).hasMessageContaining("and 12 more");
        assertThatThrownBy(() -> WeightFiles.open(folder.resolve("z1"))).isInstanceOf(ModelException.class)
                .hasMessageContaining("z1: is no folder");
        assertThatThrownBy(() -> WeightFiles.open(folder.resolve("none"))).isInstanceOf(ModelException.class)
                .hasMessageContaining("none: there is no such folder");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            version https://git-lfs.github.com/spec/v1 | is a git-lfs pointer
            <!DOCTYPE html><html>                      | is a web page
            <?xml version="1.0"?><Error>AccessDenied   | is a web page
            ''                                         | is empty
            {"error":"not found"}                      | model
            """)
    void refusesWhatStandsInForAFile(String content, String why) throws IOException {
        for (String name : new String[]{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                "pytorch_model.bin.index.json"}) {
            Path file = Files.writeString(folder.resolve(name), content);
            assertThatThrownBy(() -> WeightFiles.open(folder)).isInstanceOf(ModelException.class)
                    .hasMessageStartingWith(file + ": ").hasMessageContaining(why);
            Files.delete(file);
        }
    }

    @Test
    void refusesFoldersAndDanglingLinksRatherThanTakeTheNext() throws IOException {
        Files.write(folder.resolve("pytorch_model.bin"), TinyFolder.bytes("torch/protocol2.bin"));
        Path file = folder.resolve("model.safetensors");
        Files.createDirectory(file);
        assertThatThrownBy(() -> WeightFiles.open(folder)).isInstanceOf(ModelException.class)
                .hasMessageContaining("model.safetensors: is no file");
        Files.delete(file);
        Files.createSymbolicLink(file, folder.resolve("blob"));
        assertThatThrownBy(() -> WeightFiles.open(folder)).isInstanceOf(ModelException.class)
                .hasMessageContaining("model.safetensors: is missing, or links to nothing");
        Files.write(folder.resolve("blob"), SafetensorsBytes.one("a", 1));
        try (Weights weights = WeightFiles.open(folder)) {
            assertThat(weights.names()).containsExactly("a");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    []                                                                    | is no JSON object
                    {"weight_map":{"x":"s1.safetensors"}                                  | is no valid JSON
                    {"weight_map":{"x":"s1.safetensors"}} {}                              | goes on after its JSON object
                    {}                                                                    | has no weight_map
                    {"metadata":{"total_size":[1,{}]},"weight_map":{}}                    | has no weight_map, or an empty one
                    {"weight_map":[]}                                                     | weight_map that is no JSON object
                    {"weight_map":{"x":1}}                                                | names no file for the tensor x
                    {"weight_map":{"x":"s1.safetensors","x":"s2.safetensors"}}            | Duplicate field 'x'
                    {"weight_map":{"x":"../s1.safetensors"}}                              | names the file '../s1.safetensors'
                    {"weight_map":{"x":"/etc/s1.safetensors"}}                            | names the file '/etc
                    {"weight_map":{"x":"a/s1.safetensors"}}                               | names the file 'a/s1
                    {"weight_map":{"x":"a\\\\s1.safetensors"}}                            | names the file 'a\\s1
                    {"weight_map":{"x":"..safetensors"}}                                  | names the file '..saf
                    {"weight_map":{"x":"s1.bin"}}                                         | names the file 's1.bin'; expected a name ending in .safetensors
                    {"weight_map":{"x":"s3.safetensors"}}                                 | s3.safetensors: is missing
                    {"weight_map":{"x":"s1.safetensors","z":"s1.safetensors"}}            | says that s1.safetensors holds the tensor z, but it does not
                    {"weight_map":{"x":"s1.safetensors","y":"s1.safetensors"}}            | says that s1.safetensors holds the tensor y
                    {"weight_map":{"z":"s1.safetensors"}}                                 | the tensor x is nowhere, but s1.safetensors holds it
                    {"weight_map":{"x":"s1.safetensors","z":"twice.safetensors"}}         | several files that hold the tensor x, twice.safetensors among them
                    """)
    void refusesWrongIndexes(String index, String why) throws IOException {
        shards(index);
        assertThatThrownBy(() -> WeightFiles.open(folder)).isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder.toString()).hasMessageContaining(why);
    }

    @Test
    void namesSomeOfItsTensorsWhenOneIsMissing() {
        try (Weights weights = WeightFiles.open(TinyFolder.of("bert_tanh"))) {
            assertThatThrownBy(() -> weights.tensor("bert.x")).isInstanceOf(ModelException.class)
                    .hasMessageContaining("model.safetensors: has no tensor bert.x among its ")
                    .hasMessageContaining("embeddings.LayerNorm.bias, ");
            assertThatThrownBy(() -> weights.tensor("embeddings.LayerNorm.bias").require(31))
                    .isInstanceOf(ModelException.class).hasMessageContaining("has the shape [32]");
        }
    }

    @Test
    void mayBeClosedTwice() {
        Weights weights = WeightFiles.open(TinyFolder.of("bert_sharded"));
        weights.close();
        weights.close();
    }

    /** Sparse: it takes no room on the disk. */
    @Test
    void readsFilesBeyondTwoGigabytes() throws IOException {
        String header = """
                {"a":{"dtype":"U8","shape":[2000000000],"data_offsets":[0,2000000000]},
                 "b":{"dtype":"U8","shape":[1500000000],"data_offsets":[2000000000,3500000000]},
                 "c":{"dtype":"F32","shape":[2],"data_offsets":[3500000000,3500000008]}}""";
        byte[] start = SafetensorsBytes.of(header, new byte[0]);
        try (var file = java.nio.channels.FileChannel.open(folder.resolve("model.safetensors"),
                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(start), 0);
            file.write(java.nio.ByteBuffer.wrap(SafetensorsBytes.floats(6, 7)), start.length + 3_500_000_000L);
        }
        try (Weights weights = WeightFiles.open(folder)) {
            assertThat(weights.tensor("b").shape()).containsExactly(1_500_000_000);
            assertThat(weights.tensor("c").floats()).containsExactly(6, 7);
        }
    }

    /** The sizes are checked when the file is opened; what is lost afterwards is a message, not the end of the JVM. */
    @Test
    void refusesAFileThatShrinksWhileItIsRead() throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors"), SafetensorsBytes.one("a", new float[100_000]));
        try (Weights weights = WeightFiles.open(folder)) {
            Tensor tensor = weights.tensor("a");
            assertThat(tensor.floats()).hasSize(100_000);
            try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
                channel.truncate(100);
            }
            assertThatThrownBy(tensor::floats).isInstanceOf(ModelException.class)
                    .hasMessageContaining("was cut short while it was read");
        }
    }

    /** x in s1, y in s2, and both z and x in a file named for it. */
    private void shards(String index) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), index);
        Files.write(folder.resolve("s1.safetensors"), SafetensorsBytes.one("x", 1));
        Files.write(folder.resolve("s2.safetensors"), SafetensorsBytes.one("y", 2));
        Files.write(folder.resolve("twice.safetensors"), SafetensorsBytes.of(
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                SafetensorsBytes.floats(1, 2)));
    }
}
