package dev.semblance.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be checked of the container files without an engine to run them. */
class DeploymentFilesTest {

    /** A version in digits; a digest would do as well. */
    private static final Pattern PINNED = Pattern.compile("[a-z0-9./-]+:v?\\d+\\.\\d+[A-Za-z0-9._-]*");

    @Test
    void everyServiceRunsAPinnedImageOnLoopbackPorts() throws IOException {
        Map<String, Map<String, Object>> services = services();
        assertThat(services.keySet()).contains("kafka", "topics", "embed", "embed-gpu", "detect", "prometheus");
        Set<Object> ports = new TreeSet<>();
        services.forEach((name, service) -> {
            assertThat(service.get("image").toString()).as("image of %s", name).matches(PINNED);
            for (Object port : list(service.get("ports"))) {
                assertThat(port.toString()).as("port of %s", name).startsWith("127.0.0.1:");
                assertThat(ports.add(port.toString().split(":")[1])).as("port %s of %s is its own", port, name)
                        .isTrue();
            }
        });
    }

    @Test
    void filesThatTheCompositionNamesExist() throws IOException {
        Map<String, Object> compose = Project.yaml("docker-compose.yml");
        Set<String> volumes = map(compose.get("volumes")).keySet();
        Map<String, Map<String, Object>> services = services();
        services.forEach((name, service) -> {
            if (service.get("build") != null) {
                Map<String, Object> build = map(service.get("build"));
                assertThat(Project.ROOT.resolve(build.get("context").toString())
                        .resolve(build.get("dockerfile").toString()))
                        .exists();
            }
            for (Object volume : list(service.get("volumes"))) {
                String source = volume.toString().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(Project.ROOT.resolve(source)).as("volume of %s", name).isRegularFile();
                } else {
                    assertThat(volumes).as("volumes").contains(source);
                }
            }
            map(service.get("depends_on")).keySet()
                    .forEach(other -> assertThat(services.keySet()).as("depends_on of %s", name).contains(other));
        });
    }

    @Test
    void environmentVariablesAreKeysOfTheProgramWithGoodValues() throws IOException {
        services().forEach((name, service) -> {
            Map<String, String> environment = new TreeMap<>();
            map(service.get("environment")).forEach((k, v) -> environment.put(k, v.toString()));
            if (environment.keySet().stream().anyMatch(k -> k.startsWith("SEMBLANCE_"))) {
                Config config = new ConfigSource().withEnvironment(environment).build();
                assertThat(config.kafka().bootstrapServers()).as(name).isEqualTo("kafka:19092");
            }
        });
    }

    @Test
    void theSampleSettingsAreGood() {
        Config config = new ConfigSource().withFile(Project.ROOT.resolve("deploy/semblance.properties")).build();
        assertThat(config.kafka().exactlyOnce()).isTrue();
    }

    @Test
    void prometheusScrapesTheServicesThatServe() throws IOException {
        Map<String, Object> job = map(list(Project.yaml("deploy/prometheus.yml").get("scrape_configs")).getFirst());
        Map<String, Object> lookup = map(list(job.get("dns_sd_configs")).getFirst());
        List<String> serving = new ArrayList<>();
        services().forEach((name, service) -> {
            if (list(service.get("ports")).stream()
                    .anyMatch(p -> p.toString().endsWith(":" + ConfigKey.HTTP_PORT.defaultValue()))) {
                serving.add(name);
            }
        });
        assertThat(list(lookup.get("names"))).containsExactlyInAnyOrderElementsOf(serving);
        assertThat(lookup.get("port").toString()).isEqualTo(ConfigKey.HTTP_PORT.defaultValue());
        assertThat(job).containsEntry("metrics_path", "/metrics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/Dockerfile", "deploy/Dockerfile.gpu"})
    void imagesAreBuiltOfWhatIsThere(String file) throws IOException {
        String dockerfile = Project.read(file);
        Set<String> stages = new TreeSet<>();
        for (String line : dockerfile.lines().toList()) {
            Matcher from = Pattern.compile("FROM (\\S+)(?: AS (\\S+))?").matcher(line);
            if (from.matches()) {
                assertThat(from.group(1)).as(file).matches(PINNED);
                if (from.group(2) != null) {
                    stages.add(from.group(2));
                }
            } else if (line.startsWith("COPY --from=")) {
                assertThat(stages).as(line).contains(line.substring("COPY --from=".length(), line.indexOf(' ', 12)));
            } else if (line.startsWith("COPY ")) {
                String[] words = line.split(" ");
                for (int i = 1; i < words.length - 1; i++) {
                    assertThat(Files.exists(Project.ROOT.resolve(words[i]))).as("%s: %s", file, words[i]).isTrue();
                }
            }
        }
        assertThat(dockerfile).contains("USER 10001", "/live", "ORT_DISABLE_TELEMETRY=1", "-Pdist");
        Matcher variables = Pattern.compile("(SEMBLANCE_[A-Z_]+)=(\\S+)").matcher(dockerfile);
        Map<String, String> environment = new TreeMap<>();
        variables.results().forEach(m -> environment.put(m.group(1), m.group(2)));
        Config config = new ConfigSource().withEnvironment(environment).build();
        assertThat(config.http().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void everyTopicOfTheProgramIsDeclaredWithSettingsThatKafkaKnows() throws Exception {
        Map<String, Object> topics = map(Project.yaml("topology/topics.yaml").get("topics"));
        Config.Topics names = new ConfigSource().build().topics();
        assertThat(topics.keySet()).containsExactlyInAnyOrder(names.texts(), names.watches(), names.embeddings(),
                names.watchVectors(), names.alerts(), names.unique(), names.deadLetters(), "control");
        Set<String> known = new TreeSet<>();
        for (Field field : TopicConfig.class.getFields()) {
            if (field.getName().endsWith("_CONFIG")) {
                known.add((String) field.get(null));
            }
        }
        topics.forEach((name, declared) -> {
            Map<String, Object> topic = map(declared);
            assertThat(topic.keySet()).as(name).containsExactlyInAnyOrder("partitions", "config");
            assertThat((Integer) topic.get("partitions")).as(name).isPositive();
            assertThat(known).as(name).containsAll(map(topic.get("config")).keySet());
            assertThat(map(topic.get("config"))).as(name).containsKeys("cleanup.policy", "max.message.bytes");
        });
        assertThat(map(topics.get("texts")).get("partitions"))
                .isEqualTo(map(topics.get("embeddings")).get("partitions"));
    }

    @Test
    void theTestCommandIsTheReadmes() throws IOException {
        assertThat(Project.read(".ci/run")).endsWith("exec mvn -B -ntp verify\n");
        assertThat(Files.isExecutable(Project.ROOT.resolve(".ci/run"))).isTrue();
    }

    @Test
    void theLicenceIsTheOneThatThePomNames() throws IOException {
        assertThat(Project.read("LICENSE")).contains("Apache License", "Version 2.0, January 2004");
        assertThat(Project.read("pom.xml")).contains("<name>Apache-2.0</name>");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> services() throws IOException {
        return (Map<String, Map<String, Object>>) Project.yaml("docker-compose.yml").get("services");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object node) {
        return node == null ? Map.of() : (Map<String, Object>) node;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object node) {
        return node == null ? List.of() : (List<Object>) node;
    }
}
