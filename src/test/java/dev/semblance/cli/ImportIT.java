package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.testing.ChildProgram;
import dev.semblance.testing.LoopbackHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a hub on loopback, laid out as miCSE's repository, to vectors. */
class ImportIT {

    private static final Path TINY = Path.of("src", "test", "resources", "tiny");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REPOSITORY = "sap-ai-research/miCSE";

    @TempDir
    private Path folder;

    private LoopbackHub hub;

    @BeforeEach
    void serve() throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (String name : List.of("config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json")) {
            files.put(name, Files.readAllBytes(TINY.resolve("bert").resolve(name)));
        }
        files.put("pytorch_model.bin", Files.readAllBytes(TINY.resolve("bert_zip").resolve("pytorch_model.bin")));
        files.put("README.md", "A model".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        hub = new LoopbackHub(REPOSITORY, files);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private Cli semblance(String... arguments) {
        return Cli.run(Map.of("HF_ENDPOINT", hub.endpoint(), "HF_TOKEN", "hf_secret"), arguments);
    }

    private Cli importing(Path to, String... more) {
        List<String> arguments = new ArrayList<>(List.of("model", "import", REPOSITORY, "--to", to.toString(),
                "--cache", folder.resolve("cache").toString()));
        arguments.addAll(Arrays.asList(more));
        return semblance(arguments.toArray(String[]::new));
    }

    @Test
    void aRepositoryLaidOutAsMiCseIsOneCommandAway() throws IOException {
        Path model = folder.resolve("micse");
        Cli run = importing(model);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("cls pooling, 32 tokens", "cpu-fp32", "cosine 1.000000 mean",
                "semblance similar --model " + model);
        assertThat(run.out() + run.err()).doesNotContain("hf_secret");
        assertThat(hub.requests()).allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer hf_secret"))
                .noneSatisfy(r -> assertThat(r.path()).contains("pytorch_model"));

        embedGivesTheReferenceVectors(model);
        similarGivesTheirCosine(model);
        modelCommandsKnowIt(model);
    }

    /** Float64 vectors of an independent implementation; all texts that fit in 32 tokens. */
    private static void embedGivesTheReferenceVectors(Path model) throws IOException {
        JsonNode expected = JSON.readTree(TINY.resolve("bert").resolve("expected.json").toFile());
        Path texts = Files.writeString(model.resolveSibling("texts.txt"), String.join("\n",
                List.of(expected.path("texts").get(0).asText(), expected.path("texts").get(1).asText(),
                        expected.path("texts").get(2).asText(), expected.path("texts").get(3).asText(),
                        expected.path("texts").get(4).asText(), "cat ".repeat(50))));
        Cli run = Cli.run("embed", texts.toString(), "--model", model.toString());
        assertThat(run.code()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        for (int i = 0; i < 5; i++) {
            JsonNode line = JSON.readTree(lines.get(i));
            JsonNode reference = expected.path("cls_normalised").get(i);
            assertThat(line.path("vector").size()).isEqualTo(reference.size()).isEqualTo(32);
            for (int d = 0; d < reference.size(); d++) {
                assertThat(line.path("vector").get(d).asDouble()).isCloseTo(reference.get(d).asDouble(), within(1e-5));
            }
        }
        JsonNode last = JSON.readTree(lines.get(5));
        assertThat(last.path("tokens").asInt()).isEqualTo(32);
        assertThat(last.path("truncated").asBoolean()).isTrue();
    }

    private static void similarGivesTheirCosine(Path model) throws IOException {
        JsonNode expected = JSON.readTree(TINY.resolve("bert").resolve("expected.json").toFile());
        JsonNode a = expected.path("cls_normalised").get(2);
        JsonNode b = expected.path("cls_normalised").get(4);
        double cosine = 0;
        for (int d = 0; d < a.size(); d++) {
            cosine += a.get(d).asDouble() * b.get(d).asDouble();
        }
        Cli run = Cli.run("similar", "--model", model.toString(), expected.path("texts").get(2).asText(),
                expected.path("texts").get(4).asText());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Double.parseDouble(run.out().strip())).isCloseTo(cosine, within(1e-4));
    }

    private void modelCommandsKnowIt(Path model) throws IOException {
        Cli list = Cli.run("model", "list", "--in", model.getParent().toString());
        assertThat(list.out()).contains("embedded ", model + " ", REPOSITORY);
        Cli info = Cli.run("model", "info", model.toString());
        assertThat(info.out()).contains("source         " + REPOSITORY + "@" + LoopbackHub.COMMIT,
                "pooling        cls", "max tokens     32", "cpu-fp32: cpu-fp32.onnx, fp32, deterministic");
        assertThat(Cli.run("model", "info", "embedded").out()).contains("all-MiniLM-L6-v2");

        Cli verify = Cli.run("model", "verify", model.toString());
        assertThat(verify.code()).as(verify.out() + verify.err()).isZero();
        Files.writeString(model.resolve("tokenizer.json"), " " + Files.readString(model.resolve("tokenizer.json")));
        Cli changed = Cli.run("model", "verify", model.toString());
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.out()).contains("WRONG   tokenizer.json: has the SHA-256");
        assertThat(Cli.run("model", "verify", "embedded").code()).isEqualTo(1);
    }

    @Test
    void whatWasFetchedOnceIsThereOffline() {
        Path model = folder.resolve("micse");
        Cli missing = importing(model, "--offline");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("is not in the cache");
        assertThat(importing(model, "--variants", "cpu-fp32").code()).isZero();
        int requests = hub.requests().size();
        Cli again = importing(model, "--offline", "--force");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(hub.requests()).hasSize(requests);
    }

    @Test
    void wrongArgumentsAreSaidBeforeAnythingIsFetched() throws IOException {
        Path taken = Files.createDirectories(folder.resolve("taken"));
        assertThat(importing(taken).err()).contains("exists and is no model");
        assertThat(importing(folder.resolve("m"), "--variants", "gpu").err()).contains("there is no such variant");
        assertThat(importing(folder.resolve("m"), "--max-tokens", "0").err()).contains("--max-tokens 0");
        assertThat(importing(folder.resolve("m"), "--revision", "../x").err()).contains("revision '../x' is none");
        assertThat(semblance("model", "import", "no-such-folder").err()).contains("OWNER/NAME");
        assertThat(semblance("model", "import", REPOSITORY + "@main", "--revision", "v1").err())
                .contains("SOURCE says");
        assertThat(Cli.run(Map.of("HF_ENDPOINT", "ftp://x"), "model", "import", REPOSITORY, "--to",
                folder.resolve("m").toString()).err()).contains("HF_ENDPOINT=ftp://x");
        assertThat(hub.requests()).isEmpty();
        assertThat(importing(folder.resolve("m"), "--revision", "v9").err()).contains("no such revision");
        assertThat(folder.resolve("m")).doesNotExist();
    }

    @Test
    void aKilledImportLeavesNoModel() throws Exception {
        Path models = folder.resolve("models");
        List<String> arguments = List.of("model", "import", TINY.resolve("bert").toString(), "--pooling", "cls", "--to",
                models.resolve("killed").toString());
        Path begun = models.resolve(".killed.importing");
        try (ChildProgram program = ChildProgram.start(arguments)) {
            while (!Files.exists(begun) && program.isAlive()) {
                Thread.sleep(1);
            }
            program.kill();
            assertThat(begun).as("killed in the middle: %s", program.output()).exists();
        }
        assertThat(models.resolve("killed")).doesNotExist();
        Cli list = Cli.run("model", "list", "--in", models.toString());
        assertThat(list.out().lines()).singleElement().asString().startsWith("embedded");

        try (ChildProgram program = ChildProgram.start(arguments)) {
            assertThat(program.awaitExit(Duration.ofMinutes(2))).as(program.output()).isZero();
        }
        try (Stream<Path> files = Files.list(models)) {
            assertThat(files).containsExactlyInAnyOrder(models.resolve("killed"),
                    models.resolve(".killed.importing.lock"));
        }
    }
}
